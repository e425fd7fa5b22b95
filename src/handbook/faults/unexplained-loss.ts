/**
 * The page of `nsdiag explain unexplained-loss`.
 *
 * @module
 */

import type { Page } from '../page.ts';

export const unexplainedLoss: Page = {
  code: 'unexplained-loss',
  group: 'host',
  what: 'The wire or the kernel shows a loss that the model cannot explain. The report says after which place, what the kernel gave as its reason, and what nsdiag does not model there.',
  linux: [
    "The verdict is the wire's. Where it contradicts the model nsdiag does not guess: a match that it does not know, an eBPF program, an LSM, a device of an unknown kind, a state that changed while it looked.",
  ],
  look: [
    { run: 'ip netns exec NS nstat -az', shows: 'every counter, "IpInDiscards" among them: see which one grows' },
    { run: 'ip -n NS -s link show dev DEV', shows: '"dropped" by device' },
  ],
  fix: [{ does: 'Report it with nsdiag snapshot: a fault that nsdiag does not know is worth a code of its own' }],
  confused: [
    { code: 'outside-view', tell: 'the packet has left this machine' },
    { code: 'xdp-drop', tell: 'an XDP program is on the interface' },
  ],
};
