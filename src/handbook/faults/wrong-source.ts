/**
 * The page of `nsdiag explain wrong-source`.
 *
 * @module
 */

import type { Page } from '../page.ts';

export const wrongSource: Page = {
  code: 'wrong-source',
  group: 'host',
  what: 'The answer comes from another address than was asked, and the one who asked does not know it for an answer. Often a UDP server on a host of several addresses.',
  linux: [
    'A server bound to 0.0.0.0 that simply sends lets the route choose the source: its src hint, else the first address of the interface (net/ipv4/udp.c: __udp4_lib_lookup(); ip-route(8)). A connected client takes answers from the address that it asked, and answers others with port unreachable. TCP does not have this fault.',
  ],
  look: [
    { run: 'ip -n NS route get SRC', shows: '"src" and the address that answers bear: SRC is who asks' },
    { run: 'ip -n NS route show', shows: 'a hint "src" on the route' },
    {
      run: 'ip netns exec FROM timeout 5 tcpdump -nei DEV -c 4 udp',
      shows: 'the question goes to one address, "> DST.PORT", the answer comes from another',
    },
  ],
  fix: [
    { run: 'ip -n NS route change PREFIX dev DEV src DST', does: 'everything that this route sends bears that source' },
    { does: 'Or let the server bind the address itself, or answer by IP_PKTINFO as dnsmasq and unbound do' },
  ],
  confused: [
    { code: 'nat-wrong', tell: 'a rule changed the source' },
    { code: 'no-listener', tell: 'port unreachable from the server, not to it' },
  ],
};
