/**
 * The page of `nsdiag explain address-is-broadcast`.
 *
 * @module
 */

import type { Page } from '../page.ts';

export const addressIsBroadcast: Page = {
  code: 'address-is-broadcast',
  group: 'address',
  what: 'The destination is the broadcast address of a network that the sender, or a neighbour, believes to be in. Often the length is wrong: .127 is an ordinary address in a /24 and the broadcast of a /25.',
  linux: [
    'Each connected IPv4 network of 30 bits or less has a broadcast route in table local. ping refuses it without -b, TCP refuses it always, UDP needs SO_BROADCAST, and echo requests to it go unanswered (net/ipv4/route.c: __mkroute_output(); icmp_echo_ignore_broadcasts).',
  ],
  look: [
    { run: 'ip -n NS route get DST', shows: '"broadcast DST"' },
    {
      run: 'ip -n NS route show table local type broadcast',
      shows: '"DST": each broadcast address, and by which interface',
    },
  ],
  fix: [{ run: 'ip -n NS addr add ADDR/LEN dev DEV', does: 'the right length, then addr del of the wrong one' }],
  confused: [
    { code: 'wrong-prefix', tell: 'the length is wrong, and the address falls outside' },
    { code: 'martian-destination', tell: 'the address is refused in any network' },
  ],
};
