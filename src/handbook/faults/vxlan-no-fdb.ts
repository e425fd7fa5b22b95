/**
 * The page of `nsdiag explain vxlan-no-fdb`.
 *
 * @module
 */

import type { Page } from '../page.ts';

export const vxlanNoFdb: Page = {
  code: 'vxlan-no-fdb',
  group: 'tunnel',
  what: 'The vxlan has no entry for the MAC and none for what is unknown, so it has nowhere to send the frame.',
  linux: [
    'A frame whose MAC is not in the FDB goes to every dst of the entry 00:00:00:00:00:00. Without one it is dropped and counted (drivers/net/vxlan/vxlan_core.c: vxlan_xmit(), vxlan_find_mac()). Overlays with nolearning fill the FDB by a controller, and lose it with that.',
  ],
  look: [
    { run: 'bridge -n NS fdb show dev DEV', shows: 'no "00:00:00:00:00:00": broadcasts and ARP go nowhere' },
    { run: 'ip -n NS -s link show dev DEV', shows: '"dropped" in the TX line grows' },
    { run: 'ip -n NS -d link show dev DEV', shows: '"nolearning": nobody but a controller fills the FDB' },
  ],
  fix: [{ run: 'bridge -n NS fdb append 00:00:00:00:00:00 dev DEV dst ADDR', does: 'once for each other end' }],
  confused: [
    { code: 'vxlan-wrong-remote', tell: 'an entry exists and is wrong' },
    { code: 'bridge-fdb-wrong', tell: "the database is the bridge's" },
  ],
};
