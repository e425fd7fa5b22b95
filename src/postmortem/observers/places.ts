/**
 * Where a packet was captured, as a number and later as words: the interface of the file and, in a capture of all
 * devices, the device and which way the packet went there.
 *
 * @module
 */

import type { CaptureInterface } from '../../wire/capture-file/interface.ts';
import { PACKET_TYPE, type PacketFields } from '../../wire/fields.ts';

/** No machine has more devices, no file more interfaces, that a person would tell apart. */
const MOST_PLACES = 4096;

export class Places {
  readonly #keys = new Map<number, number>();
  readonly #places: { readonly interfaceId: number; readonly ifindex: number; readonly isOutgoing: boolean }[] = [];
  #lastKey = -1;
  #lastIndex = -1;

  /** The number of the place; the same for the same interface, device and direction. */
  indexOf({ ifindex, packetType }: PacketFields, interfaceId: number): number {
    const isOutgoing = packetType === PACKET_TYPE.outgoing;
    const key = (interfaceId * 0x1_0000_0000 + ifindex) * 2 + (isOutgoing ? 1 : 0);
    if (key === this.#lastKey) return this.#lastIndex;
    let index = this.#keys.get(key);
    if (index === undefined) {
      index = Math.min(this.#places.length, MOST_PLACES - 1);
      if (index === this.#places.length) this.#places.push({ interfaceId, ifindex, isOutgoing });
      if (this.#keys.size < MOST_PLACES) this.#keys.set(key, index);
    }
    this.#lastKey = key;
    this.#lastIndex = index;
    return index;
  }

  /** The only device where packets were captured that came in by it; `undefined`: there are others, or it does not say. */
  onlyIncoming(index: number): number | undefined {
    const place = this.#places[index];
    if (place === undefined || this.#places.length > 1 || place.ifindex === 0 || place.isOutgoing) return undefined;
    return place.ifindex;
  }

  /** `leaving by ifindex 7`; `undefined` when all packets were captured at one place, which needs no name. */
  text(index: number, interfaces: readonly CaptureInterface[]): string | undefined {
    const place = this.#places[index];
    if (place === undefined || this.#places.length < 2) return undefined;
    const name = interfaces[place.interfaceId]?.name ?? `interface ${place.interfaceId}`;
    if (place.ifindex === 0) return `on ${name}`;
    return `${place.isOutgoing ? 'leaving by' : 'coming in by'} ifindex ${place.ifindex}`;
  }
}
