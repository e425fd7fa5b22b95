/**
 * `--redact`: what was seen, as if the network had other addresses and names. The answer is then made of that, by the same
 * model and in the same words; so no report knows of it, and none can forget a name.
 *
 * @module
 */

import type { Prediction } from '../../diagnosis/diagnosis.ts';
import { predictQuery } from '../../diagnosis/name-unresolved.ts';
import { predict } from '../../diagnosis/predict.ts';
import type { Host, Netns } from '../../host/host.ts';
import { lastJourney } from '../../journey/journey.ts';
import type { Recording } from '../../recording/recording.ts';
import { hostOf } from '../../recording/to-host.ts';
import type { Keyed } from '../../redact/keyed.ts';
import { type Redactor, redactorOf } from '../../redact/redactor.ts';
import { Failure } from '../../system/failure.ts';
import { keyedBy } from '../keyed-by.ts';
import type { Seen } from './ground.ts';

/** As it is asked for. */
export interface RedactRequest {
  /** The same word makes the same replacements; without one, they are others each time. */
  readonly key: string | undefined;
  /** Words of the command line, which may be names. */
  readonly typed: readonly string[];
}

/** As it is done. */
interface Redaction {
  readonly keyed: Keyed;
  readonly typed: readonly string[];
}

export function redactionOf({ key, typed }: RedactRequest): Redaction {
  return { keyed: keyedBy(key), typed };
}

/** @throws Failure when the model would answer otherwise, which would be a report of another network. */
export function redacted(seen: Seen, { typed, keyed }: Redaction): Seen {
  const { recording, host, asked, prediction, witnesses } = seen;
  if (recording === undefined) throw new Error('nothing was recorded');
  const redactor = redactorOf(recording, typed, keyed);
  const shown = redactor.recording(recording);
  const other = withLearned(hostOf(shown), host, redactor);
  const question = redactor.value(asked);
  const predicted =
    question.kind === 'unresolved' ? predictQuery(other, question.lookup) : predict(other, question.question);
  if (answerOf(predicted) !== answerOf(prediction)) {
    throw new Failure(
      'bad-file',
      'Cannot redact: with other addresses and names the model answers otherwise',
      'Leave out --redact; a name may be a word of the tools themselves',
    );
  }
  return {
    recording: shown,
    host: other,
    asked: question,
    prediction: predicted,
    witnesses: redactor.value(witnesses),
    sysctlFiles: () =>
      seen.sysctlFiles().map(({ path, text }) => ({
        path: path.replace(/[^/]+$/, '(a file there)'),
        text: redactor.text(text),
      })),
    shown: redactor.text,
  };
}

/** What matters of an answer, in words that no name is in. */
function answerOf({ causes, trip, proof }: Prediction): string {
  const { fate } = lastJourney(trip);
  const found = causes.map(({ finding, fix }) => `${finding.code} ${finding.leg} ${fix.length}`);
  return JSON.stringify([fate.kind, trip.reply === undefined, found, proof]);
}

/** What was asked of the kernel after the reading: path MTUs, offloads; and what is said of the reading. */
function withLearned(other: Host, host: Host, redactor: Redactor): Host {
  const namespaces = other.namespaces.map((netns, index) => {
    const before = host.namespaces[index];
    return before === undefined ? netns : { ...linksLike(netns, before), pathMtus: redactor.value(before.pathMtus) };
  });
  return { ...other, namespaces, notes: redactor.value(host.notes) };
}

function linksLike(netns: Netns, before: Netns): Netns {
  if (!netns.links.known || !before.links.known) return netns;
  const { value } = before.links;
  const links = netns.links.value.map((link, index) => {
    const offload = value[index]?.txChecksumming;
    return offload === undefined ? link : { ...link, txChecksumming: offload };
  });
  return { ...netns, links: { ...netns.links, value: links } };
}

/** What went wrong, in the words of the other network. A bug of ours keeps its stack, which holds none of its names. */
export function redactedFailure(
  error: unknown,
  recording: Recording | undefined,
  { typed, keyed }: Redaction,
): unknown {
  if (!(error instanceof Failure)) return error;
  const { text } = redactorOf(recording, typed, keyed);
  const { code, message, hint, stderr } = error;
  return new Failure(code, text(message), hint && text(hint), stderr && text(stderr));
}
