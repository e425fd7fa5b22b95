/**
 * The page of `nsdiag explain dnat-wrong`.
 *
 * @module
 */

import type { Page } from '../page.ts';

export const dnatWrong: Page = {
  code: 'dnat-wrong',
  group: 'netfilter, tc',
  what: 'A published port leads to an address or port where nobody answers, or the answer does not come back through the translation: the hairpin.',
  linux: [
    'The answer is turned back only if it passes the machine that translated. Two neighbours on one network talk directly, so the answer comes from an address that was never asked; masquerading towards the server forces the way back (net/netfilter/nf_nat_core.c: nf_nat_packet()). To 127.0.0.1, or from it, route_localnet is needed.',
  ],
  look: [
    { run: 'ip netns exec NS iptables -t nat -nvL PREROUTING', shows: '"to:" and where it leads' },
    { run: 'ip netns exec NS2 ss -ltn', shows: 'whether somebody listens there: "LISTEN"' },
  ],
  fix: [
    {
      run: 'ip netns exec NS iptables -t nat -R PREROUTING 1 -d DST -p tcp --dport PORT -j DNAT --to-destination ADDR',
      does: "1 is the rule's number",
    },
    {
      run: 'ip netns exec NS iptables -t nat -A POSTROUTING -s SUBNET -d ADDR -j MASQUERADE',
      does: 'for the hairpin: the server then sees the router instead of the client',
    },
  ],
  confused: [
    { code: 'dnat-missing', tell: 'it is not translated at all' },
    { code: 'no-listener', tell: 'the rule is right, the service is not running' },
    { code: 'firewall-drop', tell: 'FORWARD sees the new port, and lets only the old one pass' },
  ],
};
