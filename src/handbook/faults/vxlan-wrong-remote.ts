/**
 * The page of `nsdiag explain vxlan-wrong-remote`.
 *
 * @module
 */

import type { Page } from '../page.ts';

export const vxlanWrongRemote: Page = {
  code: 'vxlan-wrong-remote',
  group: 'tunnel',
  what: 'The vxlan sends to an address that the other end does not have: a wrong remote, a stale FDB entry, or it was never told of a new one.',
  linux: [
    'What goes where is in the FDB of the vxlan: a MAC and the address behind it. The entry 00:00:00:00:00:00 is for all that is unknown, and remote makes it. With learning on, an entry follows what comes in (drivers/net/vxlan/vxlan_core.c: vxlan_xmit(), vxlan_snoop()); with nolearning only a controller changes it.',
  ],
  look: [
    { run: 'ip -n NS -d link show dev DEV', shows: '"remote" and an address' },
    {
      run: 'bridge -n NS fdb show dev DEV',
      shows: '"dst" and an address for each MAC; 00:00:00:00:00:00 is the default',
    },
  ],
  fix: [
    {
      run: 'bridge -n NS fdb append 00:00:00:00:00:00 dev DEV dst ADDR',
      does: "the address of the other end's underlay; then fdb del of the wrong one, which replace refuses for this entry",
    },
    { run: 'ip -n NS link set dev DEV type vxlan id N remote ADDR', does: 'the same, by the device' },
  ],
  confused: [
    { code: 'vxlan-no-fdb', tell: 'there is no entry, rather than a wrong one' },
    { code: 'gateway-unreachable', tell: 'the address is right and the underlay has no way to it' },
  ],
};
