/**
 * Losses between capture points as findings: what was lost for sure, and what nobody can say.
 *
 * @module
 */

import { LINK_TYPE } from '../../wire/link-type.ts';
import { counted } from '../counted.ts';
import type { Finding } from '../finding.ts';
import { type FoundBetween, framesOf, hopOf, nameOf } from './found-between.ts';
import type { Hop } from './hops.ts';
import type { LostBetween } from './losses.ts';
import { isReply, lostTraffic } from './lost-traffic.ts';
import { alignedNs } from './passages.ts';
import type { Doubt } from './settle.ts';

/** What was lost for sure, each loss with its finding. */
export function lossFindings(found: FoundBetween): ReadonlyMap<Finding, LostBetween> {
  return new Map(
    found.lost.map((each) => [each.isInferred ? lostAnswers(found, each) : lostFinding(found, each), each]),
  );
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

export function doubtFinding(found: FoundBetween, hop: Hop, doubts: ReadonlyMap<Doubt, number>): Finding {
  const { from, to, unknown } = hop;
  const [after, before] = [nameOf(found, from), nameOf(found, to)];
  const [doubt] = [...doubts].sort((a, b) => b[1] - a[1])[0] ?? ['full'];
  const lost = new Set(found.settled.lost);
  const records = found.hops.missing
    .filter((each) => each.from === from && each.to === to && !lost.has(each))
    .map(({ record }) => record);
  return {
    code: 'lost-between',
    severity: 'note',
    what: `${counted(unknown, 'packet')} that ${after} saw ${unknown === 1 ? 'is' : 'are'} not in the capture of ${before}, which proves no loss`,
    why: doubtText(doubt, before),
    frames: framesOf(found, records),
    count: unknown,
    likely: [],
    confirm:
      doubt === 'asleep'
        ? 'Start every capture before the traffic, and stop them a few seconds behind it'
        : `Capture again at ${before} with a larger buffer (tcpdump -B 65536) and a snap length of 256 (-s 256)`,
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
    case 'asleep':
      return `${before} did not capture then: what came back, and must have passed there, is not in its capture either. It was started later, or stopped earlier; when Ctrl-C ends tcpdump, up to a second before it is lost`;
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
