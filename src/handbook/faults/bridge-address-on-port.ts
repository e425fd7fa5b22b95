/**
 * The page of `nsdiag explain bridge-address-on-port`.
 *
 * @module
 */

import type { Page } from '../page.ts';

export const bridgeAddressOnPort: Page = {
  code: 'bridge-address-on-port',
  group: 'bridge',
  what: 'The address sits on a port of a bridge, instead of on the bridge. What is sent from it leaves by the port, and every answer goes to the bridge.',
  linux: [
    "A port hands every frame to its bridge before the IP layer sees it (net/bridge/br_input.c: br_handle_frame()). The connected route leads out of the port; the port asks ARP, the answer goes to the bridge, which did not ask, and the neighbour stays FAILED. The bridge may even answer ARP for the port's address, as Linux does for any address of its own, so it looks half alive.",
  ],
  look: [
    { run: 'ip -n NS addr show dev DEV', shows: '"inet ADDR/LEN" together with "master BR"' },
    { run: 'ip -n NS addr show dev BR', shows: 'no "inet ADDR/"' },
    { run: 'ip -n NS neigh show dev DEV', shows: '"FAILED" or "INCOMPLETE": the port never hears an answer' },
  ],
  fix: [
    { run: 'ip -n NS addr del ADDR/LEN dev DEV', does: 'its routes go with it' },
    { run: 'ip -n NS addr add ADDR/LEN dev BR', does: 'the address of a bridge belongs on the bridge' },
  ],
  confused: [
    { code: 'no-address', tell: 'no interface has it' },
    { code: 'bridge-port-unattached', tell: 'the address is right and the master is missing or wrong' },
    { code: 'arp-filtered', tell: 'the owner is no bridge port and is kept from answering' },
  ],
};
