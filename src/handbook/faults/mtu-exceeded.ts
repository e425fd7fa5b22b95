/**
 * The page of `nsdiag explain mtu-exceeded`.
 *
 * @module
 */

import type { Page } from '../page.ts';

export const mtuExceeded: Page = {
  code: 'mtu-exceeded',
  group: 'link',
  what: 'The packet is larger than an MTU on its path and may not be cut up, or a device drops it without a word. Small pings pass, large ones do not.',
  linux: [
    'A forwarder answers what is too long and has DF set with ICMP "fragmentation needed" and the MTU (net/ipv4/ip_forward.c: ip_exceeds_mtu()); IPv6 is never cut up on the way and answers "packet too big" (RFC 8200 section 5). The sender keeps the smaller MTU for ten minutes (RFC 1191).',
    'Whoever only bridges, and the receiving end of a veth, sends no ICMP: a frame longer than the MTU and its header is dropped there in silence (include/linux/netdevice.h: __is_skb_forwardable()). The two ends of a veth may differ.',
  ],
  look: [
    { run: 'ip -n NS link show dev DEV', shows: '"mtu", and a number smaller than the packet' },
    {
      run: 'ip netns exec FROM ping -c 2 -W 1 -M do -s 1472 DST',
      shows:
        '"100% packet loss", or "message too long" once the sender knows the MTU; lower -s until it passes: 28 bytes are headers',
    },
    { run: 'ip -n FROM route get DST', shows: '"mtu" with a number and "expires" where the sender has learned' },
  ],
  fix: [
    { run: 'ip -n NS link set dev DEV mtu N', does: 'both ends of a link need it, and what carries it too' },
    {
      run: 'ip -n FROM route replace PREFIX via GW mtu N',
      does: 'when the wire cannot be widened: this sender sends less',
    },
  ],
  confused: [
    { code: 'mtu-blackhole', tell: 'the ICMP error is sent and lost, so that the sender never learns' },
    { code: 'firewall-drop', tell: 'small packets die too' },
  ],
};
