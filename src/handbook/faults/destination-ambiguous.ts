/**
 * The page of `nsdiag explain destination-ambiguous`.
 *
 * @module
 */

import type { Page } from '../page.ts';

export const destinationAmbiguous: Page = {
  code: 'destination-ambiguous',
  group: 'host',
  what: 'Several namespaces have the destination address, and another one than you mean answers, because it comes first on the way.',
  linux: [
    'The first namespace that has the address takes the packet, whatever its routes say: table local is asked before all others (net/ipv4/route.c: ip_route_input_slow(); ip-rule(8), priority 0). Each of them is right by itself.',
  ],
  look: [
    { run: 'ip -all netns exec ip -brief addr show to ADDR', shows: '"ADDR" more than once, and where' },
    { run: 'ip -n NS route get DST', shows: '"local DST": this namespace takes it for its own' },
  ],
  fix: [{ run: 'ip -n NS addr del ADDR/LEN dev DEV', does: 'from the namespace that should not have it' }],
  confused: [
    { code: 'duplicate-address', tell: 'the two are on one segment, and ARP decides' },
    { code: 'no-listener', tell: 'the address is unique, and nobody listens there' },
  ],
};
