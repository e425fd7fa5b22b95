/**
 * The page of `nsdiag explain listener-elsewhere`.
 *
 * @module
 */

import type { Page } from '../page.ts';

export const listenerElsewhere: Page = {
  code: 'listener-elsewhere',
  group: 'host',
  what: 'The service listens on that port, but on another address or family: on 127.0.0.1 alone, on an old address, on IPv4 only.',
  linux: [
    'A socket bound to an address gets what is for that address (bind(2); net/ipv4/inet_hashtables.c: compute_score()). 0.0.0.0 is all of IPv4 and nothing of IPv6; [::] is both unless IPV6_V6ONLY is set.',
  ],
  look: [
    { run: 'ip netns exec NS ss -ltn', shows: '"127.0.0.1:PORT": the local address is what counts' },
    { run: 'ip netns exec FROM timeout 2 nc -zv DST PORT', shows: '"refused"' },
  ],
  fix: [
    { does: 'Let the service bind 0.0.0.0, [::] or the address that is asked for; nsdiag does not change services' },
  ],
  confused: [
    { code: 'no-listener', tell: 'nobody has the port' },
    { code: 'martian-destination', tell: 'translated to 127.0.0.1 from outside' },
    { code: 'destination-ambiguous', tell: 'another namespace took the packet' },
  ],
};
