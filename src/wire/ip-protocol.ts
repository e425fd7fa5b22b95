/**
 * IP protocol numbers, which IPv6 calls next header.
 *
 * Source: IANA assigned internet protocol numbers.
 *
 * @module
 */

export const IP_PROTOCOL = {
  hopByHop: 0,
  icmp: 1,
  tcp: 6,
  udp: 17,
  routing: 43,
  fragment: 44,
  icmpv6: 58,
  destinationOptions: 60,
} as const;
