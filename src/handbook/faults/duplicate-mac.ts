/**
 * The page of `nsdiag explain duplicate-mac`.
 *
 * @module
 */

import type { Page } from '../page.ts';

export const duplicateMac: Page = {
  code: 'duplicate-mac',
  group: 'address',
  what: 'Two devices on one bridge carry the same MAC: cloned machines, or a bridge that took the MAC of its port. Frames go to one of them or to the wrong port.',
  linux: [
    "A bridge learns the sender's port from every frame, before it looks the destination up (net/bridge/br_input.c: br_handle_frame_finish(), br_fdb_update()). With one MAC on two ports the entry jumps with each frame, and a frame to that MAC is never sent to the port that it came from.",
  ],
  look: [
    { run: 'ip -n NS -brief link show dev DEV', shows: 'its MAC, in the third column: "DEV"' },
    { run: 'ip -all netns exec ip -brief link show', shows: 'every MAC; the same one twice: "DEV"' },
    { run: 'ip netns exec SW bridge fdb show br BR', shows: 'one port for a MAC that two have: "master BR"' },
  ],
  fix: [
    {
      run: 'ip -n NS link set dev DEV address MAC',
      does: 'flushes the neighbours of the interface; others keep the old MAC until their entries age',
    },
  ],
  confused: [
    { code: 'duplicate-address', tell: 'the addresses are the same, the MACs differ' },
    { code: 'bridge-fdb-wrong', tell: 'the entry is static' },
  ],
};
