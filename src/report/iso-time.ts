/**
 * Times as the reports write them.
 *
 * @module
 */

const NANOSECONDS = 1_000_000_000n;
/** Of the years that RFC 3339 can write: 0 to 9999. */
const LATEST_SECONDS = 253_402_300_799n;
const EARLIEST_SECONDS = -62_167_219_200n;

/**
 * RFC 3339 in UTC, with nanoseconds: `2026-11-22T01:02:03.000000004Z`. What is before the year 0 or after 9999, as a
 * broken capture may say, is held at either end.
 */
export function isoTime(timestampNs: bigint): string {
  const fraction = ((timestampNs % NANOSECONDS) + NANOSECONDS) % NANOSECONDS;
  const seconds = (timestampNs - fraction) / NANOSECONDS;
  const held = seconds > LATEST_SECONDS ? LATEST_SECONDS : seconds < EARLIEST_SECONDS ? EARLIEST_SECONDS : seconds;
  return `${new Date(Number(held) * 1000).toISOString().slice(0, 19)}.${fraction.toString().padStart(9, '0')}Z`;
}
