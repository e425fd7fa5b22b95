/**
 * What happened between capture points, as findings.
 *
 * @module
 */

import { LINK_TYPE } from '../../wire/link-type.ts';
import { counted } from '../counted.ts';
import type { Finding } from '../finding.ts';
import type { Frame } from '../frame.ts';
import { SHOWN_FRAMES } from '../frame-words.ts';
import type { Hop, Hops } from './hops.ts';
import { frameOf, type LostBetween } from './losses.ts';
import { isReply, lostTraffic } from './lost-traffic.ts';
import { alignedNs, type Matching } from './passages.ts';
import type { CapturePoint, Part } from './places.ts';
import type { Rewriting, RewritingList } from './points-analysis.ts';
import type { ReturnWays } from './return-ways.ts';
import type { Doubt, Settled } from './settle.ts';

export interface FoundBetween {
  readonly matching: Matching;
  readonly parts: readonly Part[];
  /** In path order. */
  readonly points: readonly CapturePoint[];
  readonly hops: Hops;
  readonly settled: Settled;
  readonly lost: readonly LostBetween[];
  readonly returns: ReturnWays;
  readonly rewritings: RewritingList;
}

/** No queue of a healthy host is that long. */
const LATE_NS = 100_000_000;
/** A packet that takes so many times as long as most is late. */
const LATE_TIMES = 20;
/** More than so many are not chance. */
const MANY_SHARE = 0.01;

/** What was lost for sure, each loss with its finding. */
export function lossFindings(found: FoundBetween): ReadonlyMap<Finding, LostBetween> {
  return new Map(
    found.lost.map((each) => [each.isInferred ? lostAnswers(found, each) : lostFinding(found, each), each]),
  );
}

/** All the others. */
export function findingsOf(found: FoundBetween): readonly Finding[] {
  const { hops, settled } = found;
  const all = [...hops.all.values()];
  return [
    ...[...settled.doubted].map(([hop, doubts]) => doubtFinding(found, hop, doubts)),
    ...rewrittenFindings(found),
    ...all.flatMap((hop) => delayedFinding(found, hop)),
    ...all.flatMap((hop) => duplicatedFinding(found, hop)),
    ...all.flatMap((hop) => reorderedFinding(found, hop)),
  ];
}

function lostFinding(found: FoundBetween, { from, to, records, common }: LostBetween): Finding {
  const { matching, points } = found;
  const hop = hopOf(found, from, to);
  const total = hop === undefined ? records.length : hop.passed + hop.missed + hop.lost + hop.unknown;
  const [after, before] = [nameOf(found, from), nameOf(found, to)];
  const isWithin = isOneMachine(found, from, to);
  const lastAtNs = points[matching.ways.order.indexOf(to)]?.lastNs;
  const late =
    isWithin || lastAtNs === undefined ? 0 : records.filter((record) => alignedNs(matching, record) > lastAtNs).length;
  const what =
    records.length === total
      ? `All of ${counted(total, 'packet')} were lost between ${after} and ${before}`
      : `${records.length} of ${counted(total, 'packet')} were lost between ${after} and ${before}`;
  return {
    code: 'lost-between',
    severity: late === records.length && late < total ? 'warning' : 'error',
    what: common === undefined ? what : `${what}: ${common}`,
    why: `${after} saw them, and ${before} saw neither them nor what could have become of them: translated, in a tunnel, as fragments or in other segments${isWithin ? '. Both are of one machine, which drops them itself' : ''}`,
    frames: framesOf(found, records),
    count: records.length,
    likely: likelyOf(common, records.length < total),
    confirm: isWithin
      ? 'On that machine: nft list ruleset; iptables-save; nsdiag why, with the protocol and port of these packets'
      : `Look at what is between ${after} and ${before}: nsdiag why, with the protocol and port of these packets`,
    cannotTell:
      late > 0
        ? `Whether ${before} still captured: ${late} of them came after its last packet`
        : `Whether the capture at ${before} missed them: a pcap file does not say what it dropped`,
    about: aboutLost(found, records, common),
    seenAt: { place: after, leg: !isOfSize(common) && isAnswer(found, records) ? 'reply' : 'request' },
  };
}

/** Two devices of one capture of all devices, which says the direction of what it saw. */
function isOneMachine({ matching, parts }: FoundBetween, from: number, to: number): boolean {
  const partOf = (point: number) => parts[matching.index.pointOfPart.indexOf(point)];
  const [one, other] = [partOf(from), partOf(to)];
  return one !== undefined && one.capture === other?.capture && one.linkType === LINK_TYPE.linuxSll2;
}

/** None of them came home, and only the way of the requests says that they should have. */
function lostAnswers(found: FoundBetween, { from, to, records, common }: LostBetween): Finding {
  const { index, streams } = found.matching;
  const [after, before] = [nameOf(found, from), nameOf(found, to)];
  const isRepeated = records.some((record) => found.returns.isRepeated(streams.of(index.flow(record))));
  const what = `No answer came back from ${after} to ${before}: ${counted(records.length, 'packet')} lost between ${after} and ${before}`;
  return {
    code: 'lost-between',
    severity: isRepeated ? 'error' : 'warning',
    what: common === undefined ? what : `${what}: ${common}`,
    why: `The requests went from ${before} to ${after}, the answers were seen at ${after}, and ${before} saw none of them: something between the two lets only one direction pass`,
    frames: framesOf(found, records),
    count: records.length,
    likely: ['firewall-drop', 'no-route', 'rp-filter', 'conntrack-invalid'],
    confirm: `Look at what is between ${after} and ${before}: nsdiag why, with the protocol and port of these packets`,
    cannotTell: isRepeated
      ? `Whether they were lost right behind ${after}, or on another way that does not lead by ${before}`
      : 'Whether they were lost, or went another way that was not captured: nothing says that they did not come',
    about: aboutLost(found, records, common),
    seenAt: { place: after, leg: 'reply' },
  };
}

/** Of the first of the lost. */
function isAnswer({ matching: { index } }: FoundBetween, [first]: readonly number[]): boolean {
  return first !== undefined && index.flow(first) >= 0 && isReply(index.sightings.flows.flow(index.flow(first)));
}

/** The first of the lost; where size is what they have in common, the smallest. */
function aboutLost({ matching }: FoundBetween, records: readonly number[], common: string | undefined) {
  const { index } = matching;
  const { sightings } = index;
  const [first] = records;
  if (first === undefined || index.flow(first) < 0) return undefined;
  const flow = sightings.flows.flow(index.flow(first));
  if (!isOfSize(common)) return lostTraffic(flow);
  const lengths = records.map((record) => sightings.lengthBytes(index.likeness(record)));
  return lostTraffic(
    flow,
    lengths.reduce((least, length) => Math.min(least, length)),
  );
}

/** Then `about` is the packet itself, whichever way it goes. */
function isOfSize(common: string | undefined): boolean {
  return common?.includes('bytes and more') === true;
}

/** @param areSome Others that are like them passed. */
function likelyOf(common: string | undefined, areSome: boolean): readonly string[] {
  if (common === undefined) return areSome ? ['tc-drop', 'firewall-drop', 'conntrack-full'] : ['firewall-drop'];
  if (isOfSize(common)) return ['mtu-exceeded', 'mtu-blackhole', 'firewall-drop'];
  if (common.includes('fragments')) return ['firewall-drop', 'mtu-exceeded'];
  if (common.includes('TTL 1')) return ['routing-loop'];
  if (common.startsWith('to ') || common.startsWith('from ')) return ['no-route', 'firewall-drop', 'rp-filter'];
  return ['firewall-drop', 'conntrack-invalid', 'tc-drop'];
}

function doubtFinding(found: FoundBetween, hop: Hop, doubts: ReadonlyMap<Doubt, number>): Finding {
  const { from, to, unknown } = hop;
  const [after, before] = [nameOf(found, from), nameOf(found, to)];
  const [doubt] = [...doubts].sort((a, b) => b[1] - a[1])[0] ?? ['full'];
  const records = found.hops.missing.filter((each) => each.from === from && each.to === to).map(({ record }) => record);
  return {
    code: 'lost-between',
    severity: 'note',
    what: `${counted(unknown, 'packet')} that ${after} saw ${unknown === 1 ? 'is' : 'are'} not in the capture of ${before}, which proves no loss`,
    why: doubtText(doubt, before),
    frames: framesOf(found, records),
    count: unknown,
    likely: [],
    confirm: `Capture again at ${before} with a larger buffer (tcpdump -B 65536) and a snap length of 256 (-s 256)`,
    cannotTell: 'Whether they were lost on the way or by the capture',
  };
}

function doubtText(doubt: Doubt, before: string): string {
  switch (doubt) {
    case 'dropped':
      return `The capture at ${before} says itself that it dropped packets`;
    case 'cut':
      return 'The snap length cut the packets, so that they cannot be told from others';
    case 'full':
      return 'There were more packets than can be matched';
    case 'not-begun':
      return `They came before the first packet of ${before}: it may not have captured yet`;
    case 'ended':
      return 'They came so shortly before the end of the capture that it may have ended before they passed there';
    case 'acknowledges':
      return 'They carry nothing but acknowledgements, which the next one says again, and one capture has both places: it may have missed them';
    case 'remade':
      return `No packet of their flows is the same at ${before}: a proxy between ends the connections and opens others`;
    case 'answered':
      return `They were answered or acknowledged, so they arrived: ${before} missed them, or they took another way`;
  }
}

/** One a pair of points. */
function rewrittenFindings(found: FoundBetween): readonly Finding[] {
  const { matching, parts, rewritings } = found;
  const { index, ways } = matching;
  const byPair = new Map<string, { readonly first: Rewriting; flows: number; packets: number }>();
  for (const rewriting of rewritings) {
    const key = `${rewriting.from} ${rewriting.to}`;
    const known = byPair.get(key);
    if (known === undefined) byPair.set(key, { first: rewriting, flows: 1, packets: rewriting.packets });
    else {
      known.flows++;
      known.packets += rewriting.packets;
    }
  }
  return [...byPair.values()].flatMap(({ first, flows, packets }) => {
    const { translation } = first;
    const fromPoint = ways.order[first.from] ?? 0;
    const flow = translation.fromPoint === fromPoint ? translation.from : translation.to;
    for (const record of index.recordsOf(fromPoint)) {
      if (index.flow(record) !== flow) continue;
      const [before, after] = [nameOf(found, fromPoint), nameOf(found, ways.order[first.to] ?? 0)];
      const more = flows > 1 ? `, and ${counted(flows - 1, 'flow')} more` : '';
      return [
        {
          code: 'rewritten-between',
          severity: 'note',
          what: `Addresses or ports are translated between ${before} and ${after}: ${first.before} is ${first.after}${more}`,
          why: 'Packets that are the same in everything that NAT leaves alone have other addresses or ports at the other point',
          frames: [frameOf(matching, parts, record)],
          count: packets,
          likely: [],
          confirm: undefined,
          cannotTell: undefined,
        } satisfies Finding,
      ];
    }
    return [];
  });
}

function delayedFinding(found: FoundBetween, hop: Hop): readonly Finding[] {
  const medianNs = hop.medianDelayNs();
  if (medianNs === undefined || !hasComparableClocks(found.matching, hop)) return [];
  const limitNs = Math.max(LATE_NS, medianNs * LATE_TIMES);
  const isSlow = medianNs > LATE_NS;
  if (hop.mostDelayNs <= limitNs && !isSlow) return [];
  const share = isSlow ? 1 : hop.shareSlowerThan(limitNs);
  const [from, to] = [nameOf(found, hop.from), nameOf(found, hop.to)];
  const numbers = `half of the packets take less than ${msText(medianNs)}, the slowest ${msText(hop.mostDelayNs)}`;
  return [
    {
      code: 'delayed-between',
      severity: share >= MANY_SHARE ? 'warning' : 'note',
      what: `Packets are late between ${from} and ${to}: ${numbers}`,
      why: 'They wait in a queue, for an address to be resolved, or for a program that forwards them',
      frames: framesOf(found, [hop.slowestRecord]),
      count: Math.max(1, Math.round(share * hop.passed)),
      likely: [],
      confirm: 'tc -s qdisc show, and ip -s neigh, on the way between the two',
      cannotTell: undefined,
    },
  ];
}

function hasComparableClocks({ ways }: Matching, { from, to }: Hop): boolean {
  const [a, b] = from < to ? [from, to] : [to, from];
  return ways.pairs.find((pair) => pair.a === a && pair.b === b)?.clock !== 'single';
}

function duplicatedFinding(found: FoundBetween, hop: Hop): readonly Finding[] {
  if (hop.duplicated === 0) return [];
  const [from, to] = [nameOf(found, hop.from), nameOf(found, hop.to)];
  const own = found.settled.duplicates.filter((each) => each.from === hop.from && each.to === hop.to);
  return [
    {
      code: 'duplicated-between',
      severity: 'warning',
      what: `${counted(hop.duplicated, 'packet')} came to ${to} more often than ${from} saw ${hop.duplicated === 1 ? 'it' : 'them'}`,
      why: 'Something between the two sends copies: two ways at once, a mirror, or a flood to two ports that lead there',
      frames: framesOf(
        found,
        own.map(({ record }) => record),
      ),
      count: hop.duplicated,
      likely: ['duplicate-mac'],
      confirm: undefined,
      cannotTell: `Whether ${from} missed some: packets that are alike in everything count as copies`,
    },
  ];
}

function reorderedFinding(found: FoundBetween, hop: Hop): readonly Finding[] {
  if (hop.reordered === 0) return [];
  const [from, to] = [nameOf(found, hop.from), nameOf(found, hop.to)];
  return [
    {
      code: 'reordered-between',
      severity: hop.reordered / Math.max(1, hop.passed) >= MANY_SHARE ? 'warning' : 'note',
      what: `${counted(hop.reordered, 'packet')} of ${hop.passed} were overtaken between ${from} and ${to}`,
      why: 'They left in one order and arrived in another: several queues, several ways, or several CPUs',
      frames: framesOf(found, hop.reorderedRecords),
      count: hop.reordered,
      likely: [],
      confirm: undefined,
      cannotTell: 'Whether the capture itself wrote them down in another order, as it may with several CPUs',
    },
  ];
}

function framesOf({ matching, parts }: FoundBetween, records: readonly number[]): [Frame, ...Frame[]] {
  const [first = 0, ...others] = records;
  const shown = others.slice(0, SHOWN_FRAMES - 1);
  return [frameOf(matching, parts, first), ...shown.map((record) => frameOf(matching, parts, record))];
}

function hopOf({ hops, matching }: FoundBetween, from: number, to: number): Hop | undefined {
  return hops.all.get(from * matching.pointCount + to);
}

function nameOf({ matching, points }: FoundBetween, point: number): string {
  return points[matching.ways.order.indexOf(point)]?.name ?? '';
}

function msText(ns: number): string {
  return `${(ns / 1e6).toFixed(ns < 1e6 ? 3 : 1)} ms`;
}
