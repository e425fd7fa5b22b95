/**
 * The page of `nsdiag explain vxlan-port-mismatch`.
 *
 * @module
 */

import type { Page } from '../page.ts';

export const vxlanPortMismatch: Page = {
  code: 'vxlan-port-mismatch',
  group: 'tunnel',
  what: 'The two ends of the vxlan use different UDP ports. The usual pair is 4789, the registered one, and 8472, what Linux uses when nothing is said.',
  linux: [
    'A vxlan sends to its own dstport and listens on it (drivers/net/vxlan/vxlan_core.c: vxlan_sock_add(); RFC 7348 names 4789). Nobody listens on the other number, and the receiver answers with ICMP port unreachable, which tcpdump on the underlay shows.',
  ],
  look: [
    { run: 'ip -n NS -d link show dev DEV', shows: '"dstport" and the port; the other end says another' },
    { run: 'ip netns exec NS ss -nlup', shows: 'the port that the kernel really listens on: "UNCONN"' },
    {
      run: 'ip netns exec NS timeout 8 tcpdump -ni UNDERLAY -c 3 udp or icmp',
      shows:
        'the port that it goes to, on the line of the "instance"; "unreachable" is the answer, when no firewall holds it back',
    },
  ],
  fix: [
    { run: 'ip -n NS link del dev DEV', does: 'its FDB, its bridge port and its addresses go with it' },
    { run: 'ip -n NS link add DEV type vxlan id N dstport 4789 remote ADDR', does: 'then master, address, up' },
  ],
  confused: [
    { code: 'vxlan-vni-mismatch', tell: 'no ICMP comes back, the port is right' },
    { code: 'no-listener', tell: 'an ordinary UDP service' },
  ],
};
