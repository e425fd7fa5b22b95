/**
 * LINKTYPE_*: with which header the packets of a capture begin.
 *
 * Source: https://www.tcpdump.org/linktypes.html
 *
 * @module
 */

export const LINK_TYPE = {
  ethernet: 1,
  /** No link header: IPv4 or IPv6, as the first four bits say. */
  raw: 101,
  linuxSll2: 276,
} as const;
