/**
 * To which flow a fragment without ports belongs: to that of the first fragment, by addresses and IP id.
 *
 * A fixed number of datagrams is remembered, each in the one place that its hash gives it: datagrams that are
 * fragmented at the same time may push each other out, and their rest is then a flow without ports.
 *
 * @module
 */

import { NETWORK, type PacketFields } from '../../wire/fields.ts';
import { hashNumbers, joinHalves, lowerTerm, upperTerm } from './flow-hash.ts';

const PLACES = 4096;
/** Both addresses (of IPv6 the two lower words each), id, protocol and place. */
const WORDS = 7;

export class Fragments {
  readonly #numbers: Int32Array;
  readonly #keys = new Int32Array(PLACES * WORDS);
  /** Source and destination port of the first fragment; 0 for a free place. */
  readonly #ports = new Uint32Array(PLACES);
  readonly #key = new Int32Array(WORDS);

  constructor(seed: number) {
    this.#numbers = hashNumbers(seed, WORDS);
  }

  /** A first fragment. */
  remember(fields: PacketFields, point: number): void {
    const place = this.#place(fields, point);
    this.#keys.set(this.#key, place * WORDS);
    this.#ports[place] = fields.sourcePort * 0x1_0000 + fields.destPort;
  }

  /** The ports of a later one's first, source in the upper half; 0 where it is not known. */
  portsOf(fields: PacketFields, point: number): number {
    const place = this.#place(fields, point);
    for (let word = 0; word < WORDS; word++) {
      if (this.#keys[place * WORDS + word] !== this.#key[word]) return 0;
    }
    return this.#ports[place] as number;
  }

  #place(fields: PacketFields, point: number): number {
    const key = this.#key;
    const isIpv6 = fields.network === NETWORK.ipv6;
    key[0] = isIpv6 ? fields.source2 : 0;
    key[1] = fields.source3;
    key[2] = isIpv6 ? fields.dest2 : 0;
    key[3] = fields.dest3;
    key[4] = fields.ipId;
    key[5] = fields.protocol;
    key[6] = point;
    let upper = 0;
    let lower = 0;
    for (let word = 0; word < WORDS; word++) {
      upper += upperTerm(this.#numbers, word, key[word] as number);
      lower += lowerTerm(this.#numbers, word, key[word] as number);
    }
    return joinHalves(upper | 0, lower | 0) & (PLACES - 1);
  }
}
