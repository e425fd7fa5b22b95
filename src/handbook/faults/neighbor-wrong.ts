/**
 * The page of `nsdiag explain neighbor-wrong`.
 *
 * @module
 */

import type { Page } from '../page.ts';

export const neighborWrong: Page = {
  code: 'neighbor-wrong',
  group: 'address',
  what: 'A neighbour entry holds a MAC that the owner of the address does not have, and is not asked again: permanent, or kept fresh by traffic that goes nowhere.',
  linux: [
    "An entry in state PERMANENT is never verified and never ages (net/core/neighbour.c: neigh_resolve_output(); ip-neighbour(8)). Frames go out with that MAC, and whoever gets them drops them as somebody else's.",
  ],
  look: [
    { run: 'ip -n NS neigh show to DST dev DEV', shows: '"PERMANENT", and the MAC behind "lladdr"' },
    { run: 'ip -all netns exec ip -brief link show', shows: 'who really has which MAC: "DEV"' },
  ],
  fix: [
    { run: 'ip -n NS neigh del DST dev DEV', does: 'the next packet asks ARP; who set the entry may set it again' },
  ],
  confused: [
    { code: 'neighbor-unresolved', tell: 'FAILED or INCOMPLETE: nobody answers' },
    { code: 'bridge-fdb-wrong', tell: 'the MAC is right and the bridge sends it elsewhere' },
    { code: 'duplicate-address', tell: 'the entry changes between two MACs' },
  ],
};
