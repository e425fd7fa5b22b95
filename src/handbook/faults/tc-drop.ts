/**
 * The page of `nsdiag explain tc-drop`.
 *
 * @module
 */

import type { Page } from '../page.ts';

export const tcDrop: Page = {
  code: 'tc-drop',
  group: 'netfilter, tc',
  what: 'A queueing discipline or a filter of tc drops the packet: a blackhole, netem loss, a bucket that it does not fit into, an action drop on ingress.',
  linux: [
    'On the way out tc comes after every firewall, on the way in before it (net/core/dev.c: __dev_queue_xmit(), sch_handle_egress(), sch_handle_ingress()). tcpdump sees what comes in before tc drops it, and does not see what tc drops on the way out. A packet larger than the bucket of a tbf never passes (net/sched/sch_tbf.c).',
  ],
  look: [
    {
      run: 'ip netns exec NS tc -s qdisc show dev DEV',
      shows: '"qdisc", its kind, and "dropped" with a number that grows',
    },
    {
      run: 'ip netns exec NS tc filter show dev DEV',
      shows: 'filters of the root qdisc: nothing here; ask again with ingress and with egress',
    },
  ],
  fix: [
    { run: 'ip netns exec NS tc qdisc del dev DEV root', does: 'what was shaped is shaped no more' },
    {
      run: 'ip netns exec NS tc filter del dev DEV ingress',
      does: 'all filters of that hook: name pref and handle to delete one',
    },
  ],
  confused: [
    { code: 'firewall-drop', tell: 'a counter of a rule grows, not one of tc' },
    { code: 'xdp-drop', tell: 'before tc, and tcpdump sees nothing of it' },
    { code: 'no-carrier', tell: 'a device without carrier drops as well' },
  ],
};
