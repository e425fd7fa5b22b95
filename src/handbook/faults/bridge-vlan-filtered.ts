/**
 * The page of `nsdiag explain bridge-vlan-filtered`.
 *
 * @module
 */

import type { Page } from '../page.ts';

export const bridgeVlanFiltered: Page = {
  code: 'bridge-vlan-filtered',
  group: 'bridge',
  what: "The bridge filters VLANs, and a port does not let the frame's VLAN in or out, or strips or leaves a tag that the next one does not expect.",
  linux: [
    'With vlan_filtering 1 a frame without tag belongs to the PVID of its port; without a PVID it is dropped. It is let in, and out of the other port, only where that VLAN is listed, and loses its tag only where it is listed as untagged (net/bridge/br_vlan.c: br_allowed_ingress(), br_handle_vlan()).',
    "The bridge's own interface is a port too: an address on br0 needs VLANs with self.",
  ],
  look: [
    { run: 'ip -n NS -d link show dev BR', shows: '"vlan_filtering 1"' },
    { run: 'bridge -n NS vlan show', shows: 'one line a port and VLAN: "PVID" and "Egress Untagged"' },
    { run: 'ip netns exec NS tcpdump -nei DEV -c 5', shows: 'tagged frames say "vlan" and the number' },
  ],
  fix: [
    { run: 'bridge -n NS vlan add dev DEV vid N', does: 'for a port that takes tagged frames' },
    { run: 'bridge -n NS vlan add dev DEV vid N pvid untagged', does: 'for an end that knows no tags' },
  ],
  confused: [
    { code: 'bridge-port-isolated', tell: 'nothing is said of VLANs, and the flag is set' },
    { code: 'bridge-port-blocking', tell: 'no frame passes, whatever its VLAN' },
  ],
  unshown: 'The kernel of the labs has no bridge VLAN filtering.',
};
