/**
 * The page of `nsdiag explain no-listener`.
 *
 * @module
 */

import type { Page } from '../page.ts';

export const noListener: Page = {
  code: 'no-listener',
  group: 'host',
  what: 'Nothing listens on that port. The network is fine: the packet arrived and was refused.',
  linux: [
    "TCP answers with a reset, UDP with ICMP port unreachable (net/ipv4/tcp_ipv4.c: tcp_v4_rcv(); net/ipv4/udp.c: __udp4_lib_rcv()). Each namespace has its own ports: a service of the host is not one of the container's.",
  ],
  look: [
    { run: 'ip netns exec NS ss -ltn', shows: 'no ":PORT "; -lun for UDP' },
    { run: 'ip netns exec FROM timeout 2 nc -zv DST PORT', shows: '"refused"' },
    {
      run: 'ip netns exec NS timeout 5 tcpdump -ni DEV -c 4 tcp port PORT',
      shows: '"Flags [S]" and at once the answer "Flags [R.]"',
    },
  ],
  fix: [{ does: 'Start the service, in this namespace, on this port' }],
  confused: [
    { code: 'listener-elsewhere', tell: 'somebody has the port, on another address' },
    { code: 'firewall-reject', tell: 'refused by a rule: its counter grows' },
    { code: 'dnat-missing', tell: 'the port is published elsewhere, not for you' },
  ],
};
