/**
 * Which packets of a large capture are looked at closely where looking at all would take longer than all else: all of the
 * first, then one in so many.
 *
 * @module
 */

export const ALL_OF_FIRST = 16_384;
/** A power of two. */
const ONE_IN = 64;

/** @param number Of the packet in its capture, from 1. */
export function isSample(number: number): boolean {
  return number <= ALL_OF_FIRST || (number & (ONE_IN - 1)) === 0;
}
