/**
 * Times as the reports write them.
 *
 * @module
 */

const NANOSECONDS = 1_000_000_000n;

/** RFC 3339 in UTC, with nanoseconds: `2026-11-22T01:02:03.000000004Z`. */
export function isoTime(timestampNs: bigint): string {
  const seconds = timestampNs / NANOSECONDS;
  const rest = (timestampNs % NANOSECONDS).toString().padStart(9, '0');
  return `${new Date(Number(seconds) * 1000).toISOString().slice(0, 19)}.${rest}Z`;
}
