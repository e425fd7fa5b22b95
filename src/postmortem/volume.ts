/**
 * How many packets came when, in so many slots of equal width, whatever the length of the capture: when a packet comes
 * behind the last slot, two become one until it fits.
 *
 * @module
 */

import type { PacketFields } from '../wire/fields.ts';
import type { Finding } from './finding.ts';
import type { Observer } from './observer.ts';

const SLOTS = 240;
const FIRST_SLOT_SECONDS = 0.001;

/** Packets that came before the first one, by a clock that was set back, count as its. */
export class Volume implements Observer {
  /** Packets a slot. */
  readonly packets = new Float64Array(SLOTS);
  slotSeconds = FIRST_SLOT_SECONDS;
  #beginSeconds = -1;
  #beginNanoseconds = 0;

  see({ seconds, nanoseconds }: PacketFields): void {
    if (this.#beginSeconds === -1) {
      this.#beginSeconds = seconds;
      this.#beginNanoseconds = nanoseconds;
    }
    const since = seconds - this.#beginSeconds + (nanoseconds - this.#beginNanoseconds) / 1e9;
    while (since >= this.slotSeconds * SLOTS) this.#widen();
    const slot = Math.max(0, Math.floor(since / this.slotSeconds));
    this.packets[slot] = (this.packets[slot] ?? 0) + 1;
  }

  conclude(): readonly Finding[] {
    return [];
  }

  #widen(): void {
    const { packets } = this;
    for (let slot = 0; slot < SLOTS / 2; slot++)
      packets[slot] = (packets[2 * slot] ?? 0) + (packets[2 * slot + 1] ?? 0);
    packets.fill(0, SLOTS / 2);
    this.slotSeconds *= 2;
  }
}
