/**
 * Spans of time as the reports write them.
 *
 * @module
 */

/** `12 µs`; from ten milliseconds on, `12 ms`. */
export function durationText(ns: bigint): string {
  const us = Number(ns) / 1000;
  return us < 10_000 ? `${Math.round(us)} µs` : `${Math.round(us / 1000)} ms`;
}
