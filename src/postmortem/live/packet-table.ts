/**
 * Packets under way by their key: a table of its own, because a Map makes an object of every key of more than 32 bits, and
 * asks for each sighting of a flood took it a tenth of all time.
 *
 * Of those alike the table holds the oldest, which knows the others. The keys are mixed with a secret seed (points/packet-key.ts),
 * so that their low bits are a fair place, and nobody can send packets that all have the same.
 *
 * @module
 */

import type { FollowedPacket } from './followed-packet.ts';

const FIRST_PLACES = 1024;

export class PacketTable {
  /** By the low bits of the key, the first; `behind` is the next one. */
  #places: (FollowedPacket | undefined)[] = new Array(FIRST_PLACES).fill(undefined);
  #size = 0;

  /** The oldest under that key. */
  find(low: number, high: number): FollowedPacket | undefined {
    let packet = this.#places[low & (this.#places.length - 1)];
    while (packet !== undefined && (packet.keyLow !== low || packet.keyHigh !== high)) packet = packet.behind;
    return packet;
  }

  /** There is none under its key yet. */
  add(packet: FollowedPacket): void {
    if (this.#size === this.#places.length) this.#grow();
    this.#put(packet);
    this.#size++;
  }

  /** @param packet One that is in it. @param by Of the same key; `undefined`: none is left. */
  replace(packet: FollowedPacket, by: FollowedPacket | undefined): void {
    const place = packet.keyLow & (this.#places.length - 1);
    const next = by ?? packet.behind;
    if (by === undefined) this.#size--;
    else by.behind = packet.behind;
    packet.behind = undefined;
    let before = this.#places[place];
    if (before === packet) {
      this.#places[place] = next;
      return;
    }
    while (before !== undefined && before.behind !== packet) before = before.behind;
    if (before !== undefined) before.behind = next;
  }

  #put(packet: FollowedPacket): void {
    const place = packet.keyLow & (this.#places.length - 1);
    packet.behind = this.#places[place];
    this.#places[place] = packet;
  }

  #grow(): void {
    const before = this.#places;
    this.#places = new Array(before.length * 2).fill(undefined);
    for (const first of before) {
      for (let packet = first; packet !== undefined; ) {
        const next: FollowedPacket | undefined = packet.behind;
        this.#put(packet);
        packet = next;
      }
    }
  }
}
