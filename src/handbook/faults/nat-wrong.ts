/**
 * The page of `nsdiag explain nat-wrong`.
 *
 * @module
 */

import type { Page } from '../page.ts';

export const natWrong: Page = {
  code: 'nat-wrong',
  group: 'netfilter, tc',
  what: 'A rule that ought to translate the packet does not match it, by source, by interface or by order; or it translates to an address that nobody owns.',
  linux: [
    'The first packet of a connection asks the rules of nat, and the first that matches binds the whole connection (net/netfilter/nf_nat_core.c: nf_nat_inet_fn()). POSTROUTING knows the interface it leaves by (-o), not the one it came by. Its counter counts connections.',
  ],
  look: [
    { run: 'ip netns exec NS iptables -t nat -nvL POSTROUTING', shows: '"MASQUERADE", and 0 in the first column' },
    {
      run: 'ip netns exec NS conntrack -L',
      shows: '"src=" twice a connection: untranslated, the second dst is the first src',
    },
  ],
  fix: [
    {
      run: 'ip netns exec NS iptables -t nat -R POSTROUTING 1 -s SUBNET -o UPLINK -j MASQUERADE',
      does: "the right source and interface; 1 is the rule's number",
    },
    { run: 'ip netns exec NS conntrack -D -s SRC', does: 'connections that stand keep what they were given' },
  ],
  confused: [
    { code: 'nat-missing', tell: 'there is no rule at all' },
    { code: 'conntrack-stale', tell: 'the rule is right and the connection older than it' },
  ],
};
