/**
 * Troubled pairs to findings: one a pair while they are few, one a code with what they have in common when they are
 * many.
 *
 * @module
 */

import { NETWORK } from '../../wire/fields.ts';
import { IP_PROTOCOL } from '../../wire/ip-protocol.ts';
import type { Finding } from '../finding.ts';
import { absolute, addressOfWords } from '../flows/flow-list.ts';
import { type Traffic, trafficOf } from '../traffic.ts';
import type { TcpFindingCode } from './finding-code.ts';
import { FINDING_TEXTS, findingText, type Told } from './finding-texts.ts';
import type { SeenFrame, Trouble, TroubledPair, TroubledPairs } from './troubled-pairs.ts';

/** More than these of one code, and a person reads one sentence about all of them. */
const TOLD_APART = 3;
const SHOWN_FRAMES = 4;
/** With the timestamps that Linux adds. */
const TCP_BYTES = 32;

interface NamedPair {
  readonly pair: TroubledPair;
  readonly from: string;
  readonly to: string;
  /** The same of a pair that was seen at several points. */
  readonly name: string;
}

/** A pair with the trouble of one code, wherever it was seen most. */
interface Case extends NamedPair {
  readonly trouble: Trouble;
}

/** @param epoch The second that the times count from. */
export function tcpFindings(pairs: TroubledPairs, capture: number, epoch: number): readonly Finding[] {
  const codes = Object.keys(FINDING_TEXTS) as TcpFindingCode[];
  const named = pairs.pairs.map(nameOf);
  return codes.flatMap((code) => {
    const cases = casesOf(code, named);
    const others = pairs.others.get(code);
    const frameOf = ({ number, time }: Trouble['frames'][number]) => ({
      capture,
      number,
      timestampNs: absolute(epoch, time),
    });
    const toFinding = (told: Told, troubles: readonly Trouble[], example: Case | undefined): readonly Finding[] => {
      const [first, ...rest] = firstFrames(troubles).map(frameOf);
      if (first === undefined) return [];
      const { severity, what, why, likely, confirm, cannotTell } = findingText(code, told);
      return [
        {
          code,
          severity: severity(told),
          what: what(told),
          why,
          frames: [first, ...rest],
          count: told.count,
          likely,
          confirm,
          cannotTell,
          about: example && about(code, example),
          subject: `TCP ${told.from} ${told.to}${told.port}`,
        },
      ];
    };
    if (cases.length <= TOLD_APART && others === undefined) {
      return cases.flatMap((one) => toFinding(toldOf([one], undefined, one.pair.segments), [one.trouble], one));
    }
    const troubles = cases.map(({ trouble }) => trouble);
    const all = others === undefined ? troubles : [...troubles, others];
    return toFinding(toldOf(cases, others, pairs.segments), all, cases[0]);
  });
}

/** Of a segment that is too large, as who sent it would send it; else as the client asks. */
function about(code: TcpFindingCode, { pair, trouble, from, to }: Case): Traffic | undefined {
  const isSize = code === 'mtu-blackhole' && trouble.count > 0;
  const [client, server] = pair.toService || isSize ? [from, to] : [to, from];
  const traffic = trafficOf(IP_PROTOCOL.tcp, client, server, pair.port);
  const headers = (pair.isIpv6 ? 40 : 20) + TCP_BYTES;
  return isSize && traffic ? { ...traffic, ipBytes: Math.round(trouble.extra / trouble.count) + headers } : traffic;
}

/** Of thousands of pairs not all are sorted for these few. */
function firstFrames(troubles: readonly Trouble[]): readonly SeenFrame[] {
  let first: readonly SeenFrame[] = [];
  for (const { frames } of troubles) {
    const last = first[SHOWN_FRAMES - 1];
    if (last !== undefined && frames.every(({ number }) => number > last.number)) continue;
    first = [...first, ...frames].sort((a, b) => a.number - b.number).slice(0, SHOWN_FRAMES);
  }
  return first;
}

function nameOf(pair: TroubledPair): NamedPair {
  const network = pair.isIpv6 ? NETWORK.ipv6 : NETWORK.ipv4;
  const from = addressOfWords(pair.from, 0, network);
  const to = addressOfWords(pair.to, 0, network);
  return { pair, from, to, name: `${from} ${to} ${pair.port} ${pair.toService}` };
}

/** The pairs that have this trouble, those with most of it first; of several points that saw it, the one that saw most. */
function casesOf(code: TcpFindingCode, pairs: readonly NamedPair[]): readonly Case[] {
  const byName = new Map<string, Case>();
  for (const named of pairs) {
    const trouble = named.pair.troubles.get(code);
    if (trouble === undefined) continue;
    const known = byName.get(named.name);
    if (known === undefined || known.trouble.count < trouble.count) byName.set(named.name, { ...named, trouble });
  }
  return [...byName.values()].sort((a, b) => b.trouble.count - a.trouble.count);
}

/** What all of them have in common, by name; the rest by number. */
function toldOf(cases: readonly Case[], others: Trouble | undefined, segments: number): Told {
  const sum = (number: (one: Case) => number) => cases.reduce((total, one) => total + number(one), 0);
  const ports = new Set(cases.map(({ pair }) => pair.port));
  const [port] = ports;
  return {
    from: oneOrMany(
      cases.map(({ from }) => from),
      others !== undefined,
    ),
    senders: new Set(cases.map(({ from }) => from)).size,
    to: oneOrMany(
      cases.map(({ to }) => to),
      others !== undefined,
    ),
    port:
      ports.size === 1 && others === undefined
        ? ` port ${port}`
        : ports.size > TOLD_APART
          ? ` (${ports.size} ports)`
          : '',
    count: sum(({ trouble }) => trouble.count) + (others?.count ?? 0),
    extra: sum(({ trouble }) => trouble.extra) + (others?.extra ?? 0),
    segments,
  };
}

function oneOrMany(names: readonly string[], areThereMore: boolean): string {
  const different = [...new Set(names)];
  const [first = ''] = different;
  if (different.length === 1) return areThereMore ? `${first} (and perhaps others)` : first;
  return areThereMore ? `more than ${different.length} hosts` : `${different.length} hosts`;
}
