/**
 * The time stamps of one pcapng interface: 64 bits of ticks to seconds and nanoseconds.
 *
 * The upper 32 bits change every four seconds at the soonest, so what is made of them is kept, and a time stamp in the
 * second of the last one costs an addition. All of that is exact: at 10^-9 the products below stay under 2^53.
 *
 * Source: draft-ietf-opsawg-pcapng section 4.2 (if_tsresol, if_tsoffset).
 *
 * @module
 */

import type { CaptureInterface } from './interface.ts';

const WORD = 2 ** 32;
const NANOSECONDS = 1_000_000_000;

export class PcapngClock {
  /** Of the time stamp that was read last. */
  seconds = 0;
  nanoseconds = 0;
  readonly #offsetSeconds: number;
  readonly #ticksPerSecond: bigint;
  /** `undefined`: finer than nanoseconds or in binary fractions, which is rare and done in BigInt. */
  readonly #decimal: { readonly ticksPerSecond: number; readonly nanosecondsPerTick: number } | undefined;
  #high = -1;
  #secondsOfHigh = 0;
  #ticksOfHigh = 0;
  /** Where the second of the last time stamp begins. */
  #ticksOfSecond = Number.NaN;

  constructor({ base, exponent }: CaptureInterface['resolution'], offsetSeconds: number) {
    this.#offsetSeconds = offsetSeconds;
    this.#ticksPerSecond = BigInt(base) ** BigInt(exponent);
    this.#decimal =
      base === 10 && exponent <= 9
        ? { ticksPerSecond: 10 ** exponent, nanosecondsPerTick: 10 ** (9 - exponent) }
        : undefined;
  }

  read(high: number, low: number): void {
    if (this.#decimal === undefined) {
      this.#readSlowly(high, low);
      return;
    }
    const { ticksPerSecond, nanosecondsPerTick } = this.#decimal;
    if (high !== this.#high) {
      const ticks = BigInt(high) * BigInt(WORD);
      this.#high = high;
      this.#secondsOfHigh = Number(ticks / this.#ticksPerSecond);
      this.#ticksOfHigh = Number(ticks % this.#ticksPerSecond);
      this.#ticksOfSecond = Number.NaN;
    }
    const ticks = this.#ticksOfHigh + low;
    let since = ticks - this.#ticksOfSecond;
    if (!(since >= 0 && since < ticksPerSecond)) {
      const seconds = Math.floor(ticks / ticksPerSecond);
      this.#ticksOfSecond = seconds * ticksPerSecond;
      this.seconds = this.#secondsOfHigh + seconds + this.#offsetSeconds;
      since = ticks - this.#ticksOfSecond;
    }
    this.nanoseconds = since * nanosecondsPerTick;
  }

  #readSlowly(high: number, low: number): void {
    const ticks = BigInt(high) * BigInt(WORD) + BigInt(low);
    this.seconds = Number(ticks / this.#ticksPerSecond) + this.#offsetSeconds;
    this.nanoseconds = Number(((ticks % this.#ticksPerSecond) * BigInt(NANOSECONDS)) / this.#ticksPerSecond);
  }
}
