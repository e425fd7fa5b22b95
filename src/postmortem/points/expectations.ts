/**
 * At which points a stream should have been seen.
 *
 * Certainly where some of its packets were. Where none was, other streams tell: one between the same two addresses goes
 * the same way; one from or to the same destination does, as long as nobody answered (else this stream found another
 * way). A stream of which nothing of the kind is known is expected nowhere else: not every packet that one point sees is
 * meant to pass another.
 *
 * @module
 */

import { IP_PROTOCOL } from '../../wire/ip-protocol.ts';
import { isLinkFlow } from './link-flow.ts';
import type { Matching } from './passages.ts';
import { addressKey, type Senses } from './senses.ts';

const IGMP = 2;

export class Expectations {
  readonly #matching: Matching;
  readonly #senses: Senses;
  /** By pair of addresses, and by address: the points that streams passed of which two or more points know. */
  #pairs: Map<string, number> | undefined;
  readonly #addresses = new Map<string, number>();
  /** By stream: its points and bit 31, once they are known. */
  readonly #known: Int32Array;

  constructor(matching: Matching, senses: Senses) {
    this.#matching = matching;
    this.#senses = senses;
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

  #decide(stream: number): number {
    const { index, streams, pointCount } = this.#matching;
    const own = streams.points[stream] ?? 0;
    const flow = index.sightings.flows.flow(stream);
    if (isLinkFlow(flow)) {
      // Group reports of a router are the same on all its links, to the byte.
      const isControl = flow.protocol === IP_PROTOCOL.icmpv6 || flow.protocol === IGMP;
      return isControl || !this.#senses.isMatched(stream) ? 0 : own;
    }
    if (own === 2 ** pointCount - 1) return own;
    this.#pairs ??= this.#learn();
    const pairs = this.#pairs;
    const { flows } = index.sightings;
    const { network, source, destination } = flow;
    const pair = pairs.get(`${network}/${addressKey(source)}>${addressKey(destination)}`);
    if (pair !== undefined) return own | pair;
    const reverse = flows.reverseOf(stream);
    if (reverse !== undefined) return own;
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
