/**
 * How ICMP errors are kept as numbers, by who says what about which packets.
 *
 * @module
 */

import { ADDRESS_WORDS } from '../address-words.ts';

/** The key of a group: reporter, whether IPv6, type and code, source and destination quoted, protocol, port. */
export const ERROR_KEY = {
  reporter: 0,
  isInet6: ADDRESS_WORDS,
  type: ADDRESS_WORDS + 1,
  code: ADDRESS_WORDS + 2,
  source: ADDRESS_WORDS + 3,
  dest: 2 * ADDRESS_WORDS + 3,
  protocol: 3 * ADDRESS_WORDS + 3,
  /** 0 where the protocol has none, -1 where nothing was quoted. */
  port: 3 * ADDRESS_WORDS + 4,
  words: 3 * ADDRESS_WORDS + 5,
} as const;

/** Its values. */
export const ERROR_VALUE = { count: 0, mtu: 1, ipId: 2, sequence: 3, frames: 4 } as const;
