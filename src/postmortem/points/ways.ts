/**
 * The order of the capture points, and how far their clocks are apart: both from packets that were seen at two of them.
 *
 * Before and after are told by the TTL where a router is between, else by the time. Two clocks are taken for one as
 * long as no packet would have to arrive before it was sent; else the difference is set so that the quickest packets
 * of both directions take equally long (as NTP does), or, where packets went in one direction only, no time at all.
 *
 * @module
 */

import { NETWORK } from '../../wire/fields.ts';
import { isLinkFlow } from './link-flow.ts';
import type { SightingIndex } from './sighting-index.ts';
import type { Streams } from './streams.ts';

/** Enough to know the quickest; more would only cost time. */
const MOST_SAMPLES = 50_000;

/** Nothing within a host or a rack takes so long: then the clocks differ. */
const PLAUSIBLE_DELAY_NS = 2_000_000_000;

/** What the packets of two points say, `a` the lower one. */
interface PairSamples {
  readonly a: number;
  readonly b: number;
  packets: number;
  /** By stream. */
  readonly streams: Map<
    number,
    { minimumNs: number; maximumNs: number; ttl: number; firstNs: number; packets: number }
  >;
}

/** How two points are to each other. */
export interface PairWay {
  readonly a: number;
  readonly b: number;
  /** Matched ones that were looked at. */
  readonly packets: number;
  /** What b's clock is ahead of a's. */
  readonly offsetNs: number;
  /** `one`: nothing contradicts that it is the same; `both`: by packets of both directions; `single`: of one only. */
  readonly clock: 'one' | 'both' | 'single';
  /** Above 0: requests pass a first; 0: not known. */
  readonly order: number;
}

export interface Ways {
  /** In the direction of the requests. */
  readonly order: readonly number[];
  /** By point: what to take from its times to have those of the first. */
  readonly offsetNs: readonly number[];
  readonly pairs: readonly PairWay[];
}

export function waysOf(index: SightingIndex, streams: Streams, pointCount: number): Ways {
  const pairs = samples(index, streams, pointCount).map((pair) => wayOf(pair, index, streams));
  const order = ordered(pairs, pointCount);
  return { order, offsetNs: offsets(pairs, order), pairs };
}

/** Likenesses of which each point has at most one, every so many. */
function samples(index: SightingIndex, streams: Streams, pointCount: number): readonly PairSamples[] {
  const { starts, records, sightings } = index;
  const pairs = new Map<number, PairSamples>();
  const stride = Math.max(1, Math.floor(sightings.count / MOST_SAMPLES));
  for (let likeness = 0; likeness < sightings.count; likeness += stride) {
    const start = starts[likeness] ?? 0;
    const end = starts[likeness + 1] ?? 0;
    if (end - start < 2 || !isUnique(index, start, end)) continue;
    for (let first = start; first < end; first++) {
      for (let second = first + 1; second < end; second++) {
        const [left, right] = [records[first] ?? 0, records[second] ?? 0];
        const isInOrder = index.pointOf(left) < index.pointOf(right);
        const [x, y] = isInOrder ? [left, right] : [right, left];
        const stream = streams.of(index.flow(x));
        if (stream !== streams.of(index.flow(y))) continue;
        const a = index.pointOf(x);
        const b = index.pointOf(y);
        let pair = pairs.get(a * pointCount + b);
        if (pair === undefined) {
          pair = { a, b, packets: 0, streams: new Map() };
          pairs.set(a * pointCount + b, pair);
        }
        pair.packets++;
        const deltaNs = index.timeNs(y) - index.timeNs(x);
        const ttl = index.ttl(x) - index.ttl(y);
        const known = pair.streams.get(stream);
        if (known === undefined) {
          pair.streams.set(stream, {
            minimumNs: deltaNs,
            maximumNs: deltaNs,
            ttl,
            firstNs: index.timeNs(x),
            packets: 1,
          });
        } else {
          known.minimumNs = Math.min(known.minimumNs, deltaNs);
          known.maximumNs = Math.max(known.maximumNs, deltaNs);
          known.ttl += ttl;
          known.packets++;
        }
      }
    }
  }
  return [...pairs.values()];
}

/** Whether each of its records is at another point. */
export function isUnique(index: SightingIndex, start: number, end: number): boolean {
  let seen = 0;
  for (let at = start; at < end; at++) {
    const bit = 1 << index.pointOf(index.records[at] ?? 0);
    if ((seen & bit) !== 0) return false;
    seen |= bit;
  }
  return true;
}

function wayOf({ a, b, packets, streams: sampled }: PairSamples, index: SightingIndex, streams: Streams): PairWay {
  const reverseOf = (stream: number) => reverseStream(stream, index, streams);
  // b's clock is ahead by no more than what the quickest packet from a to b seems to take, and no less than ...
  let atMostNs = Number.POSITIVE_INFINITY;
  let atLeastNs = Number.NEGATIVE_INFINITY;
  let order = 0;
  // Of ARP, neighbour discovery and groups, which either side begins: they say who is first only where nothing else does.
  let linkOrder = 0;
  const vote = (stream: number, by: number) => {
    const flow = index.sightings.flows.flow(stream);
    if (flow.network === NETWORK.arp || isLinkFlow(flow)) linkOrder += by;
    else order += by;
  };
  const undirected: {
    readonly minimumNs: number;
    readonly maximumNs: number;
    readonly stream: number;
    readonly by: number;
  }[] = [];
  for (const [stream, { minimumNs, maximumNs, ttl, firstNs }] of sampled) {
    const reverse = reverseOf(stream);
    const back = reverse === undefined || reverse === stream ? undefined : sampled.get(reverse);
    let direction = Math.sign(ttl);
    if (direction === 0 && back !== undefined) {
      if (minimumNs > back.maximumNs) direction = 1;
      else if (maximumNs < back.minimumNs) direction = -1;
    }
    const isRequest = back === undefined || firstNs < back.firstNs;
    if (direction > 0) atMostNs = Math.min(atMostNs, minimumNs);
    if (direction < 0) atLeastNs = Math.max(atLeastNs, maximumNs);
    if (direction === 0) undirected.push({ minimumNs, maximumNs, stream, by: isRequest ? 1 : -1 });
    else vote(stream, isRequest ? direction : -direction);
  }
  /** Of one clock: who has it earlier is before. */
  const voteUndirected = () => {
    for (const { minimumNs, maximumNs, stream, by } of undirected) {
      if (minimumNs > 0) vote(stream, by);
      if (maximumNs < 0) vote(stream, -by);
    }
  };
  if (atMostNs === Number.POSITIVE_INFINITY && atLeastNs === Number.NEGATIVE_INFINITY) {
    const quickest = undirected.reduce((least, { minimumNs, maximumNs }) => {
      const here = Math.abs(minimumNs) < Math.abs(maximumNs) ? minimumNs : maximumNs;
      return Math.abs(here) < Math.abs(least) ? here : least;
    }, Number.POSITIVE_INFINITY);
    if (Math.abs(quickest) > PLAUSIBLE_DELAY_NS)
      return { a, b, packets, offsetNs: quickest, clock: 'single', order: 0 };
    voteUndirected();
    return { a, b, packets, offsetNs: 0, clock: 'one', order: order || linkOrder };
  }
  // Only ARP and its like went both ways: what did not is all there is of requests.
  if (order === 0 && atLeastNs <= 0 && atMostNs >= 0) voteUndirected();
  const same = { a, b, packets, offsetNs: 0, clock: 'one', order: order || linkOrder } as const;
  if (atLeastNs <= 0 && atMostNs >= 0) {
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

/** From the first point on, by way of the pairs with the most packets. */
function offsets(pairs: readonly PairWay[], order: readonly number[]): readonly number[] {
  const offsetNs: number[] = order.map(() => 0);
  const [start] = order;
  const known = new Set(start === undefined ? [] : [start]);
  const strongest = [...pairs].sort((x, y) => y.packets - x.packets);
  for (;;) {
    const next = strongest.find(({ a, b }) => known.has(a) !== known.has(b));
    if (next === undefined) return offsetNs;
    const { a, b, offsetNs: aheadNs } = next;
    if (known.has(a)) offsetNs[b] = (offsetNs[a] ?? 0) + aheadNs;
    else offsetNs[a] = (offsetNs[b] ?? 0) - aheadNs;
    known.add(a).add(b);
  }
}
