/**
 * Saved captures and a snapshot of the host together: addresses get their names, and the model is asked why the packets
 * that the findings are about died.
 *
 * The snapshot is of one moment and the captures are of another. What the model says is therefore what would happen to
 * such a packet on the host as it was then, and a report says when that was. Findings that are only notes are not asked
 * about, nor more than `MOST_ASKED` different packets. A cause before the place where a packet was seen last is none: the
 * wire is believed.
 *
 * @module
 */

import { conclude } from '../diagnosis/conclude.ts';
import type { Diagnosis } from '../diagnosis/diagnosis.ts';
import { predict } from '../diagnosis/predict.ts';
import type { Host } from '../host/host.ts';
import { lastJourney } from '../journey/journey.ts';
import type { Analysis } from '../postmortem/analysis.ts';
import type { Finding, SeenAt } from '../postmortem/finding.ts';
import type { FindingCode } from '../postmortem/finding-code.ts';
import type { Traffic } from '../postmortem/traffic.ts';
import { Names } from './names.ts';
import { questionOf } from './question-of.ts';
import { seenBeyond } from './seen-beyond.ts';

/** What the model says of the packet of a finding. */
export type Answer =
  /** It dies, and why. */
  | { readonly kind: 'explained'; readonly diagnosis: Diagnosis }
  /** It dies of something that does not look like the finding, or not at all, or the model does not know. */
  | { readonly kind: 'open'; readonly diagnosis: Diagnosis; readonly why: string }
  | { readonly kind: 'not-asked'; readonly why: string };

/** When and of what the snapshot is. */
export interface SnapshotOf {
  readonly path: string;
  /** ISO 8601. */
  readonly takenAt: string;
}

export interface Inquest {
  /** The findings with names in their sentences. */
  readonly analysis: Analysis;
  readonly snapshot: SnapshotOf;
  readonly host: Host;
  /** Of those findings of `analysis` that the model was to be asked about. */
  readonly answers: ReadonlyMap<Finding, Answer>;
  readonly notes: readonly string[];
}

/** A question takes some 10 ms, and a person reads a dozen answers. */
const MOST_ASKED = 16;

/** Findings whose frames are requests. */
const ASKED: ReadonlySet<FindingCode> = new Set(['echo-unanswered', 'syn-unanswered', 'dns-unanswered']);

const NO_WITNESS = { observation: undefined, routes: [], notes: [] };

/** Why a neighbour may stay silent; what else ends a packet comes after its address was resolved. */
const SILENT = new Set([
  'neighbor-unanswered',
  'frame-blocked',
  'mac-unowned',
  'no-carrier',
  'egress-down',
  'intercepted',
  'tunnel-unmatched',
]);

export function inquire(analysis: Analysis, host: Host, snapshot: SnapshotOf): Inquest {
  const names = new Names(host);
  const near = capturedNamespaces(analysis, host);
  const known = new Map<string, Answer>();
  const answers = new Map<Finding, Answer>();
  let unasked = 0;
  const findings = analysis.findings.map((finding) => {
    const named = withNames(finding, names);
    const { about, severity } = finding;
    if (about === undefined || severity === 'note') return named;
    const seen = finding.seenAt ?? onlyPlace(analysis, finding);
    const key = JSON.stringify([about, seen]);
    const answer = known.get(key) ?? (known.size < MOST_ASKED ? answerTo(host, about, near, seen) : undefined);
    if (answer === undefined) unasked++;
    else {
      known.set(key, answer);
      answers.set(named, answer);
    }
    return named;
  });
  return {
    analysis: { ...analysis, findings },
    snapshot,
    host,
    answers,
    notes:
      unasked === 0 ? [] : [`The model was asked about ${MOST_ASKED} packets; ${unasked} findings are about others`],
  };
}

function withNames(finding: Finding, names: Names): Finding {
  const { echoes } = finding;
  const named = { ...finding, what: names.inText(finding.what) };
  return echoes === undefined ? named : { ...named, echoes: echoes.map((echo) => withNames(echo, names)) };
}

/**
 * @param near Namespaces that were captured in: of several owners of an address, the one among them is meant.
 * @param seen Where the packet was seen last: what stops it before that is not the cause.
 */
export function answerTo(host: Host, traffic: Traffic, near: ReadonlySet<string>, seen?: SeenAt): Answer {
  const asked = questionOf(host, traffic, near);
  if (asked.kind === 'none') return { kind: 'not-asked', why: asked.why };
  const predicted = predict(host, asked.question);
  const diagnosis = conclude(host, predicted, NO_WITNESS);
  if (diagnosis.causes.length === 0) return { kind: 'open', diagnosis, why: withoutCause(diagnosis) };
  const beyond = seen && seenBeyond(host, predicted, seen);
  const why = beyond === undefined ? contradiction(traffic, diagnosis) : contradictedByWire(diagnosis, beyond);
  return why === undefined ? { kind: 'explained', diagnosis } : { kind: 'open', diagnosis, why };
}

function withoutCause({ verdict, summary }: Diagnosis): string {
  return verdict === 'reachable'
    ? `${summary}. What was wrong had passed when the snapshot was taken, had not begun, or is not in it`
    : summary;
}

function contradictedByWire({ summary }: Diagnosis, beyond: string): string {
  return `The model lets it die too early: ${summary}. But ${beyond}, which is beyond: when this was captured the host was not as in the snapshot, or the model is wrong here`;
}

/** Of a capture of one interface, which the points do not compare with any other. */
function onlyPlace({ captures }: Analysis, { code, frames: [{ capture }] }: Finding): SeenAt | undefined {
  const { interfaces = [] } = captures[capture] ?? {};
  const [only, ...others] = interfaces;
  if (only?.name === undefined || others.length > 0 || !ASKED.has(code)) return undefined;
  return { place: only.name, leg: 'request' };
}

/** The model's packet dies of something that does not show as this finding does. */
function contradiction(traffic: Traffic, { trip, causes, summary }: Diagnosis): string | undefined {
  const { fate } = lastJourney(trip);
  const differs = `The model lets it die of something else, which does not look like this: ${summary}`;
  if (traffic.kind === 'neighbour') {
    const isSilence = trip.reply === undefined && fate.kind === 'dropped' && SILENT.has(fate.reason.kind);
    return isSilence ? undefined : differs;
  }
  if (traffic.ipBytes === undefined) return undefined;
  return causes.some(({ finding }) => finding.code.startsWith('mtu-')) ? undefined : differs;
}

/** As the interfaces of the captures name them: `ns1:veth0`. */
function capturedNamespaces({ captures }: Analysis, host: Host): ReadonlySet<string> {
  const names = captures.flatMap(({ interfaces }) => interfaces.flatMap(({ name }) => name ?? []));
  const all = host.namespaces.map(({ name }) => name);
  return new Set(all.filter((netns) => names.some((name) => name.startsWith(`${netns}:`))));
}
