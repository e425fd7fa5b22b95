/**
 * At which points a stream should have been seen.
 *
 * Certainly where some of its packets were. Where none was, other streams tell: one between the same two addresses goes
 * the same way; one from or to the same destination does, as long as nobody answered (else this stream found another
 * way). Answers that were never seen to come home are expected on the way of their requests, see ReturnWays; that is an
 * inference. A stream of which nothing of the kind is known is expected nowhere else: not every packet that one point sees is
 * meant to pass another.
 *
 * @module
 */

import { IP_PROTOCOL } from '../../wire/ip-protocol.ts';
import { isLinkFlow } from './link-flow.ts';
import type { Matching } from './passages.ts';
import type { ReturnWays } from './return-ways.ts';
import { addressKey, type Senses } from './senses.ts';

export class Expectations {
  readonly #matching: Matching;
  readonly #senses: Senses;
  readonly #returns: ReturnWays;
  /** By pair of addresses, and by address: the points that streams passed of which two or more points know. */
  #pairs: Map<string, number> | undefined;
  readonly #addresses = new Map<string, number>();
  /** By stream: its points and bit 31, once they are known. */
  readonly #known: Int32Array;
  /** By stream: 1, if it is expected somewhere only because its requests passed there. */
  readonly #inferred: Uint8Array;

  constructor(matching: Matching, senses: Senses, returns: ReturnWays) {
    this.#matching = matching;
    this.#senses = senses;
    this.#returns = returns;
    this.#inferred = new Uint8Array(matching.index.sightings.flows.count);
    this.#known = new Int32Array(matching.index.sightings.flows.count);
  }

  /** One bit a point. */
  pointsOf(stream: number): number {
    const known = this.#known[stream] ?? 0;
    if (known !== 0) return known & 0x7fff_ffff;
    const points = this.#decide(stream);
    this.#known[stream] = points | 0x8000_0000;
    return points;
  }

  /** Whether nothing but the way of its requests says where it should have been seen. */
  isInferred(stream: number): boolean {
    return this.#inferred[stream] === 1;
  }

  #decide(stream: number): number {
    const { index, streams, pointCount } = this.#matching;
    const own = streams.points[stream] ?? 0;
    const flow = index.sightings.flows.flow(stream);
    if (isLinkFlow(flow)) {
      // Group reports of a router are the same on all its links, to the byte.
      const isControl = flow.protocol === IP_PROTOCOL.icmpv6 || flow.protocol === IP_PROTOCOL.igmp;
      return isControl || !this.#senses.isMatched(stream) ? 0 : own;
    }
    if (own === 2 ** pointCount - 1) return own;
    this.#pairs ??= this.#learn();
    const pairs = this.#pairs;
    const { flows } = index.sightings;
    const { network, source, destination } = flow;
    const pair = pairs.get(`${network}/${addressKey(source)}>${addressKey(destination)}`);
    const back = this.#returns.pointsOf(stream, own | (pair ?? 0));
    if (back !== 0) {
      this.#inferred[stream] = 1;
      return own | back;
    }
    if (pair !== undefined) return own | pair;
    if (flows.reverseOf(stream) !== undefined) return own;
    return own | (this.#addresses.get(`${network}/${addressKey(destination)}`) ?? 0);
  }

  #learn(): Map<string, number> {
    const { index, streams } = this.#matching;
    const { flows } = index.sightings;
    const pairs = new Map<string, number>();
    for (let flow = 0; flow < flows.count; flow++) {
      const points = streams.points[streams.of(flow)] ?? 0;
      if ((points & (points - 1)) === 0) continue;
      const { network, source, destination } = flows.flow(flow);
      const from = addressKey(source);
      const to = addressKey(destination);
      const pair = `${network}/${from}>${to}`;
      pairs.set(pair, (pairs.get(pair) ?? 0) | points);
      for (const address of [`${network}/${from}`, `${network}/${to}`])
        this.#addresses.set(address, (this.#addresses.get(address) ?? 0) | points);
    }
    return pairs;
  }
}
