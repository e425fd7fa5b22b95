/**
 * The page of `nsdiag explain name-unresolved`.
 *
 * @module
 */

import type { Page } from '../page.ts';

export const nameUnresolved: Page = {
  code: 'name-unresolved',
  group: 'host',
  what: "The destination is a name, and the namespace's resolver has no address for it. What is wrong on the way to its name server is named behind it.",
  linux: [
    "ip netns exec binds /etc/netns/NS/* over /etc, so that a namespace can have a resolv.conf and hosts of its own (ip-netns(8)). Without them it has the host's, and a nameserver 127.0.0.53 of the host is another 127.0.0.53 in the namespace: its own, where nobody listens.",
  ],
  look: [
    { run: 'ip netns exec NS cat /etc/resolv.conf', shows: '"nameserver" and the address that is asked' },
    { run: 'ip netns exec NS getent ahosts NAME', shows: 'the addresses, one a line; unresolved it prints nothing' },
    { run: 'ip netns exec NS cat /etc/nsswitch.conf', shows: '"hosts:" and what is asked in which order' },
  ],
  fix: [
    {
      does: 'Write a nameserver that the namespace reaches into /etc/netns/NS/resolv.conf, or the name into /etc/netns/NS/hosts',
    },
  ],
  confused: [
    { code: 'no-route', tell: 'the address of the destination is known' },
    { code: 'no-listener', tell: 'the name server is reached, and nothing listens on port 53 of it' },
  ],
};
