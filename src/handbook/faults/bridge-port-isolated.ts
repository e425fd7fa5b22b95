/**
 * The page of `nsdiag explain bridge-port-isolated`.
 *
 * @module
 */

import type { Page } from '../page.ts';

export const bridgePortIsolated: Page = {
  code: 'bridge-port-isolated',
  group: 'bridge',
  what: 'Both ports are isolated: each talks to the bridge and to ports that are not, and never to the other.',
  linux: [
    "Isolated is a flag of a port. A frame that came in by an isolated port is not sent out of one (net/bridge/br_private.h: br_skb_isolated()). Docker's and libvirt's options for isolation set it, and some hypervisors.",
  ],
  look: [
    { run: 'bridge -d -n NS link show dev DEV', shows: '"isolated on"; the other port says the same' },
    { run: 'ip netns exec NS bridge fdb show br BR', shows: 'both MACs are known on their ports: "master BR"' },
  ],
  fix: [
    {
      run: 'bridge -n NS link set dev DEV isolated off',
      does: 'on one of the two; that port then talks to every other',
    },
  ],
  confused: [
    { code: 'bridge-port-blocking', tell: 'the port talks to nobody at all' },
    { code: 'bridge-filter-drop', tell: 'a rule drops the frame, and its counter grows' },
    { code: 'macvlan-isolated', tell: 'the same between macvlans, without a bridge' },
  ],
};
