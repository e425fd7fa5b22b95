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
  igmp: 2,
  /** IPv4 within. */
  ipip: 4,
  tcp: 6,
  udp: 17,
  /** IPv6 within. */
  ipv6: 41,
  routing: 43,
  fragment: 44,
  gre: 47,
  icmpv6: 58,
  destinationOptions: 60,
} as const;
