/**
 * The page of `nsdiag explain vxlan-vni-mismatch`.
 *
 * @module
 */

import type { Page } from '../page.ts';

export const vxlanVniMismatch: Page = {
  code: 'vxlan-vni-mismatch',
  group: 'tunnel',
  what: 'The two ends of the vxlan have different VNIs. Packets cross the underlay and nobody takes them.',
  linux: [
    'The receiver looks the VNI of the header up among its devices of that UDP port, and drops what it does not find (drivers/net/vxlan/vxlan_core.c: vxlan_vs_find_vni(), RFC 7348 section 4). Nothing is answered. The VNI cannot be changed: the device has to be made anew.',
  ],
  look: [
    { run: 'ip -n NS -d link show dev DEV', shows: '"vxlan id" and the VNI; the other end says another' },
    {
      run: 'ip netns exec NS timeout 5 tcpdump -ni UNDERLAY -c 2 udp port 4789',
      shows: '"vni" and the number that the other end sends',
    },
  ],
  fix: [
    { run: 'ip -n NS link del dev DEV', does: 'its FDB, its bridge port and its addresses go with it' },
    { run: 'ip -n NS link add DEV type vxlan id N dstport 4789 remote ADDR', does: 'then master, address, up' },
  ],
  confused: [
    { code: 'vxlan-port-mismatch', tell: 'the VNIs agree, the UDP ports differ' },
    { code: 'vxlan-wrong-remote', tell: 'nothing arrives at the other end at all' },
  ],
};
