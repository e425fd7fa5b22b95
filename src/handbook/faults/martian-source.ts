/**
 * The page of `nsdiag explain martian-source`.
 *
 * @module
 */

import type { Page } from '../page.ts';

export const martianSource: Page = {
  code: 'martian-source',
  group: 'routing',
  what: 'The kernel refuses the packet for its source: an address of its own coming in from outside, 127.0.0.0/8, 0.0.0.0, a multicast or broadcast source.',
  linux: [
    'Such sources are refused before any firewall but PREROUTING sees the packet, whatever rp_filter says (RFC 1812 section 5.3.7; net/ipv4/route.c: ip_route_input_slow(), martian_source). accept_local lets own addresses in, route_localnet 127/8.',
  ],
  look: [
    { run: 'ip -n NS route get ADDR', shows: '"local ADDR": the source is an address of its own' },
    {
      run: 'ip netns exec NS sysctl net.ipv4.conf.DEV.accept_local net.ipv4.conf.DEV.log_martians',
      shows: '"accept_local = 0"; with log_martians 1 the kernel log has each of them',
    },
    { run: 'ip netns exec NS timeout 5 tcpdump -nei DEV -c 2', shows: 'it does come in: "ethertype IPv4"' },
  ],
  fix: [
    { run: 'ip -n NS addr del ADDR/LEN dev DEV2', does: 'when the address is not meant to be here' },
    { run: 'ip -n FROM route change PREFIX via GW src SRC', does: 'when the sender picks a wrong source' },
  ],
  confused: [
    { code: 'rp-filter', tell: 'the source is an ordinary one, and its way back leads elsewhere' },
    { code: 'duplicate-address', tell: 'two neighbours have the address' },
  ],
};
