/**
 * Where in a capture a packet was seen, as one number: the interface of the file and, of `-i any`, the device.
 *
 * @module
 */

/** Devices of one namespace are numbered far below. */
const IFINDEX_BITS = 20;

/** @param ifindex 0 where the link type does not say it. */
export function pointOf(ifindex: number, interfaceId: number): number {
  return (interfaceId << IFINDEX_BITS) ^ ifindex;
}

/** What the number was made of. */
export function pointParts(point: number): { readonly interfaceId: number; readonly ifindex: number } {
  return { interfaceId: point >>> IFINDEX_BITS, ifindex: point & ((1 << IFINDEX_BITS) - 1) };
}
