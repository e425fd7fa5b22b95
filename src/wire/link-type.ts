/**
 * LINKTYPE_*: with which header the packets of a capture begin.
 *
 * Source: https://www.tcpdump.org/linktypes.html
 *
 * @module
 */

export const LINK_TYPE = {
  /** BSD loopback: the address family, in the byte order of whoever captured. */
  null: 0,
  ethernet: 1,
  /** LINKTYPE_RAW as some systems number it in their files. */
  rawBsd: 12,
  rawOpenBsd: 14,
  /** No link header: IPv4 or IPv6, as the first four bits say. */
  raw: 101,
  /** OpenBSD loopback: the address family, in network order. */
  loop: 108,
  linuxSll: 113,
  ipv4: 228,
  ipv6: 229,
  linuxSll2: 276,
} as const;
