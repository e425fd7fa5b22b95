/**
 * The way back of answers, told by the way there: where no answer was ever seen to come home, were they lost, or did they
 * take another way?
 *
 * Answers that were seen only at points that their requests passed, and not where those came from, are expected there as
 * well. Not where they evidently came by another way: the asker acknowledged what they carried, reset what they opened,
 * or another flow between the same two addresses did so; or they were seen where no request was. Nor of TCP whose answers
 * carry nothing that could be acknowledged. What is left may still have taken a way that nobody captured, unless the
 * asker asked again: whoever reports it says so.
 *
 * @module
 */

import { NETWORK, TCP_FLAG } from '../../wire/fields.ts';
import { IP_PROTOCOL } from '../../wire/ip-protocol.ts';
import { KIND } from './packet-key.ts';
import type { Matching } from './passages.ts';
import { addressKey, type Senses } from './senses.ts';
import { reverseStream } from './ways.ts';

/** No point has that number. */
const REPEATED = -1;

export class ReturnWays {
  readonly #matching: Matching;
  readonly #senses: Senses;
  #segments: Segments | undefined;
  /** Pairs of addresses whose answers came although they were not seen to. */
  #elsewhere: ReadonlySet<string> | undefined;

  constructor(matching: Matching, senses: Senses) {
    this.#matching = matching;
    this.#senses = senses;
  }

  /**
   * @param seen One bit a point: where the stream, and others between its addresses, were seen.
   * @returns Where its requests passed, if it is to be expected there; 0: it is not.
   */
  pointsOf(stream: number, seen: number): number {
    const requests = this.#requestsOf(stream);
    const passed = requests === undefined ? 0 : (this.#matching.streams.points[requests] ?? 0);
    if (requests === undefined || !this.#isHomeUnseen(requests, passed, seen)) return 0;
    this.#elsewhere ??= this.#learn();
    return this.#elsewhere.has(this.#pairOf(stream)) ? 0 : passed;
  }

  /** Whether it was asked for again, or sent again: then it did not come by another way either. */
  isRepeated(stream: number): boolean {
    this.#segments ??= new Segments(this.#matching);
    const requests = this.#requestsOf(stream);
    return this.#segments.isRepeated(stream) || (requests !== undefined && this.#segments.isRepeated(requests));
  }

  #requestsOf(stream: number): number | undefined {
    const { index, streams } = this.#matching;
    const requests = reverseStream(stream, index, streams);
    return requests !== undefined && requests !== stream && this.#senses.isMatched(requests) ? requests : undefined;
  }

  /** Answers were seen on the way of the requests and nowhere else, and not where that begins. */
  #isHomeUnseen(requests: number, passed: number, seen: number): boolean {
    if (seen === 0 || (seen & ~passed) !== 0) return false;
    const { order } = this.#matching.ways;
    const sense = this.#senses.of(requests);
    if (sense === 0) return false;
    const isPassed = (point: number) => (passed & (1 << point)) !== 0;
    const home = sense > 0 ? order.find(isPassed) : order.findLast(isPassed);
    return home !== undefined && (seen & (1 << home)) === 0;
  }

  #pairOf(stream: number): string {
    const { network, source, destination } = this.#matching.index.sightings.flows.flow(stream);
    return `${network}/${addressKey(source)}>${addressKey(destination)}`;
  }

  #learn(): ReadonlySet<string> {
    const { index, streams } = this.#matching;
    const { flows } = index.sightings;
    const segments = new Segments(this.#matching);
    this.#segments = segments;
    const elsewhere = new Set<string>();
    for (let flow = 0; flow < flows.count; flow++) {
      if (flows.flow(flow).protocol !== IP_PROTOCOL.tcp || streams.of(flow) !== flow) continue;
      const requests = this.#requestsOf(flow);
      if (requests === undefined) continue;
      const passed = streams.points[requests] ?? 0;
      if (!this.#isHomeUnseen(requests, passed, streams.points[flow] ?? 0)) continue;
      if (!segments.mayBeLost(flow, requests)) elsewhere.add(this.#pairOf(flow));
    }
    return elsewhere;
  }
}

/** What the segments of each stream say of those of the other direction. */
class Segments {
  readonly #matching: Matching;
  /** By stream: where the first of its segments that must be acknowledged ends; only where `#hasEnd`. */
  readonly #leastEnd: Int32Array;
  readonly #hasEnd: Uint8Array;
  /** By stream: whether it holds a reset. */
  readonly #resets: Uint8Array;
  /** By stream: 1 and the point that saw its SYN last, or REPEATED. */
  readonly #syns: Int8Array;

  constructor(matching: Matching) {
    this.#matching = matching;
    const { index, streams, pointCount } = matching;
    const { sightings } = index;
    const { count } = sightings.flows;
    this.#leastEnd = new Int32Array(count);
    this.#hasEnd = new Uint8Array(count);
    this.#resets = new Uint8Array(count);
    this.#syns = new Int8Array(count);
    for (let point = 0; point < pointCount; point++) {
      for (const { begin, end } of index.spansOf(point)) {
        for (let record = begin; record < end; record++) {
          const likeness = index.likeness(record);
          if (likeness < 0 || sightings.kind(likeness) !== KIND.tcp) continue;
          this.#note(streams.of(index.flow(record)), likeness, point);
        }
      }
    }
  }

  /** Whether nothing says that the asker got what `answers` sent: and something could. */
  mayBeLost(answers: number, requests: number): boolean {
    if (this.#resets[requests] === 1) return false;
    if (this.#resets[answers] === 1) return true;
    if (this.#hasEnd[answers] !== 1) return false;
    const ack = this.#highestAckFor(answers);
    return ack === undefined || ((ack - (this.#leastEnd[answers] ?? 0)) | 0) < 0;
  }

  isRepeated(stream: number): boolean {
    return this.#syns[stream] === REPEATED;
  }

  #highestAckFor(answers: number): number | undefined {
    const { flows } = this.#matching.index.sightings;
    const reverse = flows.reverseOf(answers);
    return reverse === undefined ? undefined : this.#matching.index.sightings.highestAck(reverse);
  }

  #note(stream: number, likeness: number, point: number): void {
    const { sightings } = this.#matching.index;
    const flags = sightings.flags(likeness);
    if ((flags & TCP_FLAG.rst) !== 0) {
      this.#resets[stream] = 1;
      return;
    }
    const isSyn = (flags & TCP_FLAG.syn) !== 0;
    if (isSyn && this.#syns[stream] !== REPEATED)
      this.#syns[stream] = this.#syns[stream] === point + 1 ? REPEATED : point + 1;
    const ipBytes = sightings.flows.flow(stream).network === NETWORK.ipv4 ? 20 : 40;
    const payload = Math.max(0, sightings.lengthBytes(likeness) - ipBytes - sightings.headerWords(likeness) * 4);
    const spans = payload + (isSyn || (flags & TCP_FLAG.fin) !== 0 ? 1 : 0);
    if (spans === 0) return;
    const end = (sightings.detail(likeness) + spans) | 0;
    if (this.#hasEnd[stream] === 1 && ((end - (this.#leastEnd[stream] ?? 0)) | 0) >= 0) return;
    this.#hasEnd[stream] = 1;
    this.#leastEnd[stream] = end;
  }
}
