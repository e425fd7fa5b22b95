/**
 * What makes a packet's flow what it is, in the order of KEY, and its hash.
 *
 * @module
 */

import { NETWORK, type PacketFields } from '../../wire/fields.ts';
import { hashNumbers, joinHalves, lowerTerm, upperTerm } from './flow-hash.ts';
import { KEY, KEY_WORDS, vlansOf, whatOf } from './flow-record.ts';

export class FlowKey {
  /** Of the packet that was taken last. */
  readonly words = new Int32Array(KEY_WORDS);
  /** Which side sent it. */
  side: 0 | 1 = 0;
  readonly #numbers: Int32Array;
  #contextUpper = 0;
  #contextLower = 0;

  constructor(seed: number) {
    this.#numbers = hashNumbers(seed, KEY_WORDS);
  }

  /** @returns Its hash, by which nobody can make keys collide who does not know the seed. */
  take(fields: PacketFields, sourcePort: number, destPort: number, point: number): number {
    const key = this.words;
    const numbers = this.#numbers;
    const isSourceFirst = precedes(fields, sourcePort, destPort);
    this.side = isSourceFirst ? 0 : 1;
    const { source3, dest3 } = fields;
    const first = isSourceFirst ? source3 : dest3;
    const second = isSourceFirst ? dest3 : source3;
    const ports = isSourceFirst ? (sourcePort << 16) | destPort : (destPort << 16) | sourcePort;
    key[3] = first;
    key[7] = second;
    key[KEY.ports] = ports;
    this.#takeContext(fields, point);
    let upper = (this.#contextUpper + upperTerm(numbers, 3, first)) | 0;
    let lower = (this.#contextLower + lowerTerm(numbers, 3, first)) | 0;
    upper = (upper + upperTerm(numbers, 7, second)) | 0;
    lower = (lower + lowerTerm(numbers, 7, second)) | 0;
    upper = (upper + upperTerm(numbers, KEY.ports, ports)) | 0;
    lower = (lower + lowerTerm(numbers, KEY.ports, ports)) | 0;
    if (fields.network !== NETWORK.ipv6) {
      key[0] = key[1] = key[2] = key[4] = key[5] = key[6] = 0;
      return joinHalves(upper, lower);
    }
    key[0] = isSourceFirst ? fields.source0 : fields.dest0;
    key[1] = isSourceFirst ? fields.source1 : fields.dest1;
    key[2] = isSourceFirst ? fields.source2 : fields.dest2;
    key[4] = isSourceFirst ? fields.dest0 : fields.source0;
    key[5] = isSourceFirst ? fields.dest1 : fields.source1;
    key[6] = isSourceFirst ? fields.dest2 : fields.source2;
    for (let at = 0; at < 7; at++) {
      if (at === 3) continue;
      upper = (upper + upperTerm(numbers, at, key[at] as number)) | 0;
      lower = (lower + lowerTerm(numbers, at, key[at] as number)) | 0;
    }
    return joinHalves(upper, lower);
  }

  /** What most packets have in common with the one before: hashed again only when it changes. */
  #takeContext(fields: PacketFields, point: number): void {
    const key = this.words;
    const what = whatOf(fields);
    const vlans = vlansOf(fields);
    const tunnelId = fields.tunnelId | 0;
    if (
      key[KEY.what] === what &&
      key[KEY.vlans] === vlans &&
      key[KEY.tunnelId] === tunnelId &&
      key[KEY.point] === point
    ) {
      return;
    }
    key[KEY.what] = what;
    key[KEY.vlans] = vlans;
    key[KEY.tunnelId] = tunnelId;
    key[KEY.point] = point;
    const numbers = this.#numbers;
    let upper = 0;
    let lower = 0;
    for (let word = KEY.what; word <= KEY.point; word++) {
      upper = (upper + upperTerm(numbers, word, key[word] as number)) | 0;
      lower = (lower + lowerTerm(numbers, word, key[word] as number)) | 0;
    }
    this.#contextUpper = upper;
    this.#contextLower = lower;
  }
}

/** Whether the source comes before the destination in the order of the sides. */
function precedes(fields: PacketFields, sourcePort: number, destPort: number): boolean {
  if (fields.network === NETWORK.ipv6) {
    if (fields.source0 !== fields.dest0) return fields.source0 < fields.dest0;
    if (fields.source1 !== fields.dest1) return fields.source1 < fields.dest1;
    if (fields.source2 !== fields.dest2) return fields.source2 < fields.dest2;
  }
  return fields.source3 === fields.dest3 ? sourcePort <= destPort : fields.source3 < fields.dest3;
}
