/**
 * Where the flows are that were seen last: most packets are of one of those, and need no search. At the place that a cheap
 * hash of addresses and ports names, this way round, is the flow that was found there last: one word, the flow * 2, its
 * side and 1, combined (xor) with as much of the hash as there is room for. So nearly all packets of other flows are told
 * without touching a record.
 *
 * @module
 */

/** 128 KB: of a thousand sides that talk at once, few are displaced by another. */
const RECENT_BITS = 15;
export const RECENT_PLACES = 1 << RECENT_BITS;
/** Of a flow, its side and 1; the hash is above. */
const SIGHTING_BITS = 19;

/** @param hash `directedHash()` */
export function recentPlace(hash: number): number {
  return hash >>> (32 - RECENT_BITS);
}

/** What the word there is combined with. */
export function recentTag(hash: number): number {
  return hash << SIGHTING_BITS;
}

/** Whether it is a flow and its side, and not a free place or, by its hash, another flow. @param sighting The word without tag and 1. */
export function isRecent(sighting: number): boolean {
  return sighting >>> SIGHTING_BITS === 0;
}
