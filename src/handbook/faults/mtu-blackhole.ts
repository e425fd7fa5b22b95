/**
 * The page of `nsdiag explain mtu-blackhole`.
 *
 * @module
 */

import type { Page } from '../page.ts';

export const mtuBlackhole: Page = {
  code: 'mtu-blackhole',
  group: 'link',
  what: 'The packet is too long for the path, and the error that says so never arrives. Connections are set up, and hang with the first full segment: the handshake works, the download does not.',
  linux: [
    'Path MTU discovery lives on ICMP type 3 code 4, and on ICMPv6 type 2 (RFC 1191, RFC 8201). If a firewall drops it, or its sender has no route back, the sender repeats the same length for ever (RFC 2923 section 2.1).',
    "The error comes from the router's own address on the way back to the sender. A stateful firewall lets it pass as RELATED, and only if it has seen the packet that it is about.",
  ],
  capture: 'Full-size segments are sent again and again and never acknowledged, while small ones pass.',
  look: [
    { run: 'ip netns exec FROM ping -c 2 -W 1 -s 56 DST', shows: '"0% packet loss": small ones pass' },
    { run: 'ip netns exec FROM ping -c 2 -W 1 -M do -s 1372 DST', shows: '"100% packet loss", and no "Frag needed"' },
    { run: 'ip -n FROM route get DST', shows: 'no "mtu": nothing was learned' },
    {
      run: 'ip netns exec NS iptables-save',
      shows: 'the rule that takes the errors, for example by "--icmp-type 3"; look in nft list ruleset as well',
    },
  ],
  fix: [
    {
      run: 'ip netns exec NS iptables -I OUTPUT -p icmp --icmp-type fragmentation-needed -j ACCEPT',
      does: 'lets the error out; the other firewalls on the way back need the same in FORWARD',
    },
    {
      run: 'ip netns exec NS iptables -t mangle -A FORWARD -p tcp --tcp-flags SYN,RST SYN -j TCPMSS --clamp-mss-to-pmtu',
      does: 'repairs TCP alone, without ICMP',
    },
  ],
  confused: [
    { code: 'mtu-exceeded', tell: 'the error arrives, or nobody ever sends one' },
    { code: 'bad-offload', tell: 'long and short segments die alike' },
  ],
};
