/**
 * A time in the nanosecond ticks that we write: 64 bits as two words, without a BigInt, because every packet has one.
 *
 * Exact: no product below reaches 2^53. Limit: the year 2554, where 64 bits of nanoseconds end.
 *
 * Source: draft-ietf-opsawg-pcapng sections 4.2 (if_tsresol) and 4.3 (the upper word comes first).
 *
 * @module
 */

/** if_tsresol of what counts these ticks: 10^-9 of a second. */
export const NANOSECOND_RESOLUTION = 9;

const NANOSECONDS = 1_000_000_000;
const HALF = 2 ** 16;
const WORD = 2 ** 32;

/** @param seconds Since 1970. @param nanoseconds 0 to 999,999,999. */
export function writeTicks(view: DataView, at: number, seconds: number, nanoseconds: number): void {
  // The product of seconds and 10^9 in halves: the upper one counts 2^16 nanoseconds.
  const upper = Math.floor(seconds / HALF) * NANOSECONDS;
  const upperHigh = Math.floor(upper / HALF);
  const lower = (upper - upperHigh * HALF) * HALF + (seconds % HALF) * NANOSECONDS + nanoseconds;
  const carried = Math.floor(lower / WORD);
  view.setUint32(at, upperHigh + carried, true);
  view.setUint32(at + 4, lower - carried * WORD, true);
}
