/**
 * The page of `nsdiag explain conntrack-full`.
 *
 * @module
 */

import type { Page } from '../page.ts';

export const conntrackFull: Page = {
  code: 'conntrack-full',
  group: 'netfilter, tc',
  what: 'The table of connections is full. New connections die, those that stand go on.',
  linux: [
    'Each namespace counts its own, up to nf_conntrack_max; a new entry is refused when the table is full and no entry without an answer can be given up (net/netfilter/nf_conntrack_core.c: __nf_conntrack_alloc(), early_drop()). The packet is dropped, and the kernel log has "nf_conntrack: table full, dropping packet". An established TCP entry lives five days as made.',
  ],
  look: [
    {
      run: 'ip netns exec NS sysctl net.netfilter.nf_conntrack_count net.netfilter.nf_conntrack_max',
      shows: '"nf_conntrack_count" near to nf_conntrack_max',
    },
    { run: 'ip netns exec NS conntrack -S', shows: '"drop=" and early_drop= that grow' },
  ],
  fix: [
    {
      run: 'sysctl -w net.netfilter.nf_conntrack_max=N',
      does: 'on the host; some 320 bytes of kernel memory an entry',
    },
    { run: 'ip netns exec NS conntrack -D -p tcp --state TIME_WAIT', does: 'room at once' },
  ],
  confused: [
    { code: 'firewall-drop', tell: 'connections that stand die too' },
    { code: 'conntrack-invalid', tell: 'entries are there, and the packet fits none' },
  ],
  unshown:
    "It takes as many connections as the table holds, and its size is the host's to set: test/live/conntrack-full.test.ts fills one.",
};
