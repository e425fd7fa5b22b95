/**
 * The page of `nsdiag explain bridge-hairpin-off`.
 *
 * @module
 */

import type { Page } from '../page.ts';

export const bridgeHairpinOff: Page = {
  code: 'bridge-hairpin-off',
  group: 'bridge',
  what: 'A frame would have to leave the bridge by the port that it came in by, and a bridge does not do that.',
  linux: [
    'Split horizon: a port does not get back what it sent, unless hairpin is on for it (net/bridge/br_forward.c: should_deliver()). Needed where several stations sit behind one port: macvlans in mode vepa, a published port that a container asks for itself when the packet is only bridged.',
  ],
  look: [
    { run: 'bridge -d -n NS link show dev DEV', shows: '"hairpin off"' },
    {
      run: 'ip netns exec NS bridge fdb show br BR',
      shows: 'the destination\'s MAC is learned on the port that the frame comes in by: "master BR"',
    },
  ],
  fix: [{ run: 'bridge -n NS link set dev DEV hairpin on', does: 'broadcasts come back to who sent them as well' }],
  confused: [
    { code: 'bridge-fdb-wrong', tell: 'an entry claims that the MAC is behind this port, and it is not' },
    {
      code: 'dnat-wrong',
      tell: 'the hairpin is one of routing: the packet goes out and in by one interface and needs masquerading',
    },
  ],
};
