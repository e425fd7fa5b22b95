/**
 * The order of the capture points, and how far their clocks are apart: both from packets that were seen at two of them.
 *
 * Before and after are told by the TTL where a router is between, else by the time. Two clocks are taken for one as
 * long as no packet would have to arrive before it was sent; else the difference is set so that the quickest packets
 * of both directions take equally long (as NTP does), or, where packets went in one direction only, no time at all. A
 * clock that gains on another one is put right as well.
 *
 * @module
 */

import { NETWORK } from '../../wire/fields.ts';
import { type ClockLine, type ClockPair, clockLines } from './clock-line.ts';
import { isErrorFlow, isLinkFlow } from './link-flow.ts';
import { type PairSamples, pairSamples } from './pair-samples.ts';
import type { SightingIndex } from './sighting-index.ts';
import type { Streams } from './streams.ts';

/** Nothing within a host or a rack takes so long: then the clocks differ. */
const PLAUSIBLE_DELAY_NS = 2_000_000_000;

/** How two points are to each other. */
export interface PairWay extends ClockPair {
  /** `one`: nothing contradicts that it is the same; `both`: by packets of both directions; `single`: of one only. */
  readonly clock: 'one' | 'both' | 'single';
  /** Above 0: requests pass a first; 0: not known. */
  readonly order: number;
}

export interface Ways {
  /** In the direction of the requests. */
  readonly order: readonly number[];
  /** By point: how its clock is to that of the first. */
  readonly clocks: readonly ClockLine[];
  readonly pairs: readonly PairWay[];
}

export function waysOf(index: SightingIndex, streams: Streams, pointCount: number): Ways {
  const sampled = pairSamples(index, streams, pointCount, () => 1);
  const rates = new Map(sampled.map(({ a, b, drift }) => [a * pointCount + b, 1 + drift.drift()]));
  const rateOf = (a: number, b: number) => rates.get(a * pointCount + b) ?? 1;
  const isSteady = [...rates.values()].every((rate) => rate === 1);
  const steady = isSteady ? sampled : pairSamples(index, streams, pointCount, rateOf);
  const pairs = steady.map((pair) => wayOf(pair, rateOf(pair.a, pair.b), index, streams));
  const order = ordered(pairs, pointCount);
  return { order, clocks: clockLines(pairs, order), pairs };
}

function wayOf(
  { a, b, packets, streams: sampled }: PairSamples,
  rate: number,
  index: SightingIndex,
  streams: Streams,
): PairWay {
  const reverseOf = (stream: number) => reverseStream(stream, index, streams);
  // b's clock is ahead by no more than what the quickest packet from a to b seems to take, and no less than ...
  let atMostNs = Number.POSITIVE_INFINITY;
  let atLeastNs = Number.NEGATIVE_INFINITY;
  let order = 0;
  // Of ARP, neighbour discovery and groups, which either side begins: they say who is first only where nothing else does.
  let linkOrder = 0;
  const isLink = (stream: number) => {
    const flow = index.sightings.flows.flow(stream);
    return flow.network === NETWORK.arp || isLinkFlow(flow);
  };
  const vote = (stream: number, by: number) => {
    if (isLink(stream)) linkOrder += by;
    else order += by;
  };
  const undirected: {
    readonly minimumNs: number;
    readonly maximumNs: number;
    readonly stream: number;
    readonly by: number;
    readonly lean: number;
  }[] = [];
  // Of streams of which some packets say one thing and some the other: two processors take the time of one packet.
  let leaning = 0;
  for (const [stream, { minimumNs, maximumNs, ttl, firstNs, lean }] of sampled) {
    const reverse = reverseOf(stream);
    const back = reverse === undefined || reverse === stream ? undefined : sampled.of(reverse);
    let direction = Math.sign(ttl);
    if (direction === 0 && back !== undefined) {
      if (minimumNs > back.maximumNs) direction = 1;
      else if (maximumNs < back.minimumNs) direction = -1;
    }
    const isRequest = back === undefined ? !isErrorFlow(index.sightings.flows.flow(stream)) : firstNs < back.firstNs;
    if (direction > 0) atMostNs = Math.min(atMostNs, minimumNs);
    if (direction < 0) atLeastNs = Math.max(atLeastNs, maximumNs);
    if (direction === 0) {
      const by = isRequest ? 1 : -1;
      undirected.push({ minimumNs, maximumNs, stream, by, lean });
      if (!isLink(stream)) leaning += by * lean;
    } else vote(stream, isRequest ? direction : -direction);
  }
  /** Of one clock: who has it earlier is before. */
  const voteUndirected = () => {
    for (const { minimumNs, maximumNs, stream, by, lean } of undirected) {
      // In the same microsecond is neither.
      if (minimumNs >= 0 && lean > 0) vote(stream, by);
      if (maximumNs <= 0 && lean < 0) vote(stream, -by);
    }
  };
  if (atMostNs === Number.POSITIVE_INFINITY && atLeastNs === Number.NEGATIVE_INFINITY) {
    const quickest = undirected.reduce((least, { minimumNs, maximumNs }) => {
      const here = Math.abs(minimumNs) < Math.abs(maximumNs) ? minimumNs : maximumNs;
      return Math.abs(here) < Math.abs(least) ? here : least;
    }, Number.POSITIVE_INFINITY);
    if (Math.abs(quickest) > PLAUSIBLE_DELAY_NS)
      return { a, b, packets, offsetNs: quickest, rate, clock: 'single', order: 0 };
    voteUndirected();
    return { a, b, packets, offsetNs: 0, rate, clock: 'one', order: order || leaning || linkOrder };
  }
  // Only ARP and its like went both ways: what did not is all there is of requests.
  if (order === 0 && atLeastNs <= 0 && atMostNs >= 0) voteUndirected();
  const same = { a, b, packets, offsetNs: 0, rate, clock: 'one', order: order || leaning || linkOrder } as const;
  // A clock of another rate is another clock.
  if (rate === 1 && atLeastNs <= 0 && atMostNs >= 0) {
    const leastDelayNs = Math.min(atMostNs, -atLeastNs);
    if (leastDelayNs <= PLAUSIBLE_DELAY_NS) return same;
  }
  if (atLeastNs === Number.NEGATIVE_INFINITY) return { ...same, offsetNs: atMostNs, clock: 'single' };
  if (atMostNs === Number.POSITIVE_INFINITY) return { ...same, offsetNs: atLeastNs, clock: 'single' };
  return { ...same, offsetNs: (atLeastNs + atMostNs) / 2, clock: 'both' };
}

/** The stream that answers: its flow at any point is the other one's, turned round. */
export function reverseStream(stream: number, index: SightingIndex, streams: Streams): number | undefined {
  const reverse = index.sightings.flows.reverseOf(stream);
  return reverse === undefined ? undefined : streams.of(reverse);
}

/** Who is before whom most often; where nothing says it, as they were named. */
function ordered(pairs: readonly PairWay[], pointCount: number): readonly number[] {
  const before = new Map(pairs.map(({ a, b, order }) => [a * pointCount + b, Math.sign(order)]));
  const sign = (x: number, y: number) =>
    x < y ? (before.get(x * pointCount + y) ?? 0) : -(before.get(y * pointCount + x) ?? 0);
  const left = Array.from({ length: pointCount }, (_, point) => point);
  const order: number[] = [];
  while (left.length > 0) {
    // The one that the fewest of those left are before.
    const ahead = left.map((point) =>
      left.reduce((sum, other) => sum + (other === point ? 0 : Math.max(0, sign(other, point))), 0),
    );
    const [first] = left.splice(ahead.indexOf(Math.min(...ahead)), 1);
    if (first !== undefined) order.push(first);
  }
  return order;
}
