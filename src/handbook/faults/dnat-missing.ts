/**
 * The page of `nsdiag explain dnat-missing`.
 *
 * @module
 */

import type { Page } from '../page.ts';

export const dnatMissing: Page = {
  code: 'dnat-missing',
  group: 'netfilter, tc',
  what: 'A port is published, but not for this packet: asked from the machine itself, from inside, or from an interface that the rule does not name; or no rule leads to the one service that hides behind the machine.',
  linux: [
    "PREROUTING is for what comes in by an interface. What a process of the machine sends passes OUTPUT instead, so a published port needs a rule in both (net/netfilter/nf_nat_core.c: nf_nat_inet_fn(); iptables-extensions(8) DNAT). A rule with -i uplink does not work from inside, and one without -d takes other people's port too.",
  ],
  look: [
    { run: 'ip netns exec NS iptables -t nat -nvL PREROUTING', shows: '"DNAT", and for which interface and address' },
    {
      run: 'ip netns exec NS iptables -t nat -nvL OUTPUT',
      shows: 'no "DST ": nothing for this address from the machine itself',
    },
  ],
  fix: [
    {
      run: 'ip netns exec NS iptables -t nat -A OUTPUT -d DST -p tcp --dport PORT -j DNAT --to-destination ADDR',
      does: 'from the machine itself',
    },
    {
      run: 'ip netns exec NS iptables -t nat -A PREROUTING -d DST -p tcp --dport PORT -j DNAT --to-destination ADDR',
      does: 'from everywhere else',
    },
  ],
  confused: [
    { code: 'dnat-wrong', tell: 'it is translated, to where nobody answers' },
    {
      code: 'no-listener',
      tell: 'no rule names the port, and nothing that is hidden behind this machine listens on it',
    },
  ],
};
