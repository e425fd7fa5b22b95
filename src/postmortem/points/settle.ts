/**
 * Packets that the next point did not see, one by one: lost, or there in another shape, or nobody can say.
 *
 * In another shape: offloads join and split TCP segments, so bytes count there and not packets; routers fragment and
 * firewalls reassemble. Nobody can say: the capture of the next point lost packets, was cut, had not begun; two
 * devices are of one capture, which ended then, or missed what only acknowledges; or the packet was answered although
 * that point never saw it, so that it is the capture that missed it, or another way was taken.
 *
 * @module
 */

import { NETWORK, TCP_FLAG } from '../../wire/fields.ts';
import { Awake } from './awake.ts';
import { type Hop, type Hops, hopOf, type Missing } from './hops.ts';
import { KIND } from './packet-key.ts';
import { alignedNs, type Matching } from './passages.ts';
import type { CapturePoint } from './places.ts';
import { Ranges } from './ranges.ts';
import type { Senses } from './senses.ts';

/** Why nobody can say. */
export type Doubt =
  | 'dropped'
  | 'cut'
  | 'full'
  | 'not-begun'
  | 'asleep'
  | 'ended'
  | 'acknowledges'
  | 'answered'
  | 'remade';

export interface Settled {
  readonly lost: readonly Missing[];
  readonly doubted: ReadonlyMap<Hop, ReadonlyMap<Doubt, number>>;
  /** Records at `to` that are copies of one that arrived. */
  readonly duplicates: readonly Missing[];
}

/** How much sooner than its first packet a capture may have begun. */
const BEGIN_NS = 1_000_000_000;
/** What comes so shortly before the end of a capture may not have reached the next device yet. */
const END_NS = 10_000_000;

export function settle(matching: Matching, hops: Hops, points: readonly CapturePoint[], senses: Senses): Settled {
  const all = hops.all as Map<number, Hop>;
  const duplicates: Missing[] = [];
  const fresh: Missing[] = [];
  for (const each of hops.appeared) (isCopy(matching, each) ? duplicates : fresh).push(each);
  for (const { from, to } of duplicates) hopOf(all, matching, from, to).duplicated++;

  const arrived = new Shapes(matching, fresh);
  const rest = hops.missing.filter((each) => !arrived.have(each));
  for (const each of hops.missing.filter((each) => arrived.have(each)))
    hopOf(all, matching, each.from, each.to).passed++;
  const seen = new SeenBytes(matching, rest);
  const answered = new Answers(matching, rest);
  const awake = new Awake(matching, { ...hops, appeared: fresh }, points);

  const { index, streams, pointCount } = matching;
  const lost: Missing[] = [];
  const lossy = new Set<number>();
  const doubted = new Map<Hop, Map<Doubt, number>>();
  for (const each of rest) {
    const hop = hopOf(all, matching, each.from, each.to);
    const doubt = awake.wasAsleep(each) ? 'asleep' : doubtOf(matching, points, each, seen, answered, senses);
    // What the capture ended behind is lost as those of its stream before it were.
    const way = (streams.of(index.flow(each.record)) * pointCount + each.from) * pointCount + each.to;
    const isOneMore = doubt === 'ended' && lossy.has(way);
    if (doubt === undefined || isOneMore) {
      hop.lost++;
      lost.push(each);
      lossy.add(way);
      continue;
    }
    hop.unknown++;
    const counts = doubted.get(hop) ?? new Map<Doubt, number>();
    counts.set(doubt, (counts.get(doubt) ?? 0) + 1);
    doubted.set(hop, counts);
  }
  return { lost, doubted, duplicates };
}

/** Whether the earlier point saw one that is alike: then the one that came too many is a copy. */
function isCopy({ index, streams }: Matching, { record, from }: Missing): boolean {
  const likeness = index.likeness(record);
  const stream = streams.of(index.flow(record));
  for (let at = index.startOf(likeness); at < index.startOf(likeness + 1); at++) {
    const other = index.records[at] ?? 0;
    if (index.pointOf(other) === from && streams.of(index.flow(other)) === stream) return true;
  }
  return false;
}

function doubtOf(
  matching: Matching,
  points: readonly CapturePoint[],
  missing: Missing,
  seen: SeenBytes,
  answered: Answers,
  senses: Senses,
): Doubt | undefined {
  const { index } = matching;
  const { sightings } = index;
  const point = points[missing.to];
  if (sightings.isFull) return 'full';
  if ((point?.dropped ?? 0) > 0) return 'dropped';
  const isCut = point?.parts.some((part) => (sightings.points[part]?.cut ?? 0) > 0) ?? false;
  if (isCut || sightings.isShort(index.likeness(missing.record))) return 'cut';
  if (point?.firstNs !== undefined && alignedNs(matching, missing.record) < point.firstNs - BEGIN_NS)
    return 'not-begun';
  const endNs = endOfCommonCapture(points, missing);
  if (endNs !== undefined) {
    if (endNs - alignedNs(matching, missing.record) < END_NS) return 'ended';
    if (isOnlyAck(matching, missing.record)) return 'acknowledges';
  }
  const stream = matching.streams.of(index.flow(missing.record));
  if (!senses.isMatched(stream) && ((matching.streams.points[stream] ?? 0) & (1 << missing.to)) !== 0) return 'remade';
  return answered.toRecord(missing.record) || seen.acknowledgedUnseen(missing) ? 'answered' : undefined;
}

/** Of the one capture that has both points, its last packet; `undefined`: they are of different ones. */
function endOfCommonCapture(points: readonly CapturePoint[], { from, to }: Missing): number | undefined {
  const file = points[from]?.files.find((name) => points[to]?.files.includes(name));
  if (file === undefined) return undefined;
  return Math.max(...points.flatMap(({ files, lastNs }) => (files.includes(file) ? (lastNs ?? []) : [])));
}

/** Nothing but an acknowledgement, which the next one says again. */
function isOnlyAck(matching: Matching, record: number): boolean {
  const { index } = matching;
  const likeness = index.likeness(record);
  if (index.sightings.kind(likeness) !== KIND.tcp || index.sightings.flags(likeness) !== TCP_FLAG.ack) return false;
  return carriedBy(matching, record, 0) === undefined;
}

/** Bytes of TCP, or of a datagram by its IP ID, that a record carries. */
interface Carried {
  /** What belongs together: a stream, or fragments of one datagram. */
  readonly whole: string;
  readonly start: number;
  readonly end: number;
}

/** `undefined`: it carries nothing that could have changed its shape. */
function carriedBy({ index, streams }: Matching, record: number, to: number): Carried | undefined {
  const { sightings } = index;
  const likeness = index.likeness(record);
  const detail = sightings.detail(likeness);
  const flow = index.flow(record);
  const { network, protocol } = sightings.flows.flow(flow);
  const ipBytes = network === NETWORK.ipv4 ? 20 : 40;
  const behindIp = sightings.lengthBytes(likeness) - ipBytes;
  switch (sightings.kind(likeness)) {
    case KIND.tcp: {
      const bytes = behindIp - sightings.headerWords(likeness) * 4;
      return bytes <= 0 ? undefined : { whole: `${to} tcp ${streams.of(flow)}`, start: detail, end: detail + bytes };
    }
    case KIND.fragment: {
      const offset = (detail & 0xfffe) << 2;
      const extensionBytes = network === NETWORK.ipv4 ? 0 : 8;
      return { whole: `${to} ${protocol} ${detail >>> 16}`, start: offset, end: offset + behindIp - extensionBytes };
    }
    case KIND.udp:
    case KIND.ip: {
      const id = detail >>> 16;
      return id === 0 ? undefined : { whole: `${to} ${protocol} ${id}`, start: 0, end: behindIp };
    }
    default:
      return undefined;
  }
}

/** What a point saw that is like nothing of the point before it: the bytes are what counts. */
class Shapes {
  readonly #matching: Matching;
  readonly #wholes = new Map<string, Ranges>();

  constructor(matching: Matching, appeared: readonly Missing[]) {
    this.#matching = matching;
    for (const { record, to } of appeared) {
      const carried = carriedBy(matching, record, to);
      if (carried === undefined) continue;
      const known = this.#wholes.get(carried.whole);
      if (known !== undefined) known.add(carried.start, carried.end);
      else this.#wholes.set(carried.whole, new Ranges(carried.start, carried.end));
    }
  }

  have({ record, to }: Missing): boolean {
    if (this.#wholes.size === 0) return false;
    const carried = carriedBy(this.#matching, record, to);
    return carried !== undefined && (this.#wholes.get(carried.whole)?.covers(carried.start, carried.end) ?? false);
  }
}

/** Of TCP streams that miss segments: every byte that the later point saw, in whatever packet. */
class SeenBytes {
  readonly #matching: Matching;
  readonly #seen = new Map<string, Ranges>();

  constructor(matching: Matching, missing: readonly Missing[]) {
    this.#matching = matching;
    const { index, streams } = matching;
    const { sightings } = index;
    const wanted = new Map<number, Set<number>>();
    for (const { record, to } of missing) {
      if (sightings.kind(index.likeness(record)) !== KIND.tcp) continue;
      const known = wanted.get(to) ?? new Set();
      wanted.set(to, known.add(streams.of(index.flow(record))));
    }
    for (const [to, ofStreams] of wanted) {
      const isWanted = Uint8Array.from({ length: sightings.flows.count }, (_, flow) =>
        ofStreams.has(streams.of(flow)) ? 1 : 0,
      );
      for (const { begin, end } of index.spansOf(to)) {
        for (let record = begin; record < end; record++) {
          const flow = index.flow(record);
          if (flow >= 0 && isWanted[flow] === 1) this.#note(record, to);
        }
      }
    }
  }

  #note(record: number, to: number): void {
    const { index } = this.#matching;
    if (index.sightings.kind(index.likeness(record)) !== KIND.tcp) return;
    const carried = carriedBy(this.#matching, record, to);
    if (carried === undefined) return;
    const known = this.#seen.get(carried.whole);
    if (known !== undefined) known.add(carried.start, carried.end);
    else this.#seen.set(carried.whole, new Ranges(carried.start, carried.end));
  }

  /** A segment that the point saw neither at once nor repeated, and that was acknowledged all the same. */
  acknowledgedUnseen({ record, to }: Missing): boolean {
    const { index } = this.#matching;
    const { sightings } = index;
    if (sightings.kind(index.likeness(record)) !== KIND.tcp) return false;
    const carried = carriedBy(this.#matching, record, to);
    if (carried === undefined || this.#seen.get(carried.whole)?.touches(carried.start, carried.end) === true)
      return false;
    const reverse = sightings.flows.reverseOf(index.flow(record));
    const ack = reverse === undefined ? undefined : sightings.highestAck(reverse);
    return ack !== undefined && ((ack - carried.end) | 0) >= 0;
  }
}

/** Echo requests whose reply came all the same. */
class Answers {
  readonly #matching: Matching;
  /** By flow of the replies. */
  readonly #replies = new Map<number, Set<number>>();

  constructor(matching: Matching, missing: readonly Missing[]) {
    this.#matching = matching;
    const { index } = matching;
    const { sightings } = index;
    const points = new Set<number>();
    for (const { record, from } of missing) {
      if (sightings.kind(index.likeness(record)) !== KIND.echo) continue;
      const reverse = sightings.flows.reverseOf(index.flow(record));
      // Only a request has its id for the port of who asks.
      if (reverse === undefined || sightings.flows.flow(reverse).sourcePort !== 0) continue;
      this.#replies.set(reverse, new Set());
      points.add(from);
    }
    for (const point of points) {
      for (const record of index.recordsOf(point)) {
        const replies = this.#replies.get(index.flow(record));
        if (replies !== undefined) replies.add(sightings.echoSequence(index.likeness(record)));
      }
    }
  }

  toRecord(record: number): boolean {
    if (this.#replies.size === 0) return false;
    const { index } = this.#matching;
    const reverse = index.sightings.flows.reverseOf(index.flow(record));
    if (reverse === undefined) return false;
    return this.#replies.get(reverse)?.has(index.sightings.echoSequence(index.likeness(record))) ?? false;
  }
}
