/**
 * The page of `nsdiag explain outside-view`.
 *
 * @module
 */

import type { Page } from '../page.ts';

export const outsideView: Page = {
  code: 'outside-view',
  group: 'host',
  what: 'The packet left by an uplink for where there is no namespace of ours: the LAN, the provider, another machine, a hypervisor. What becomes of it there nsdiag cannot see.',
  linux: [
    'A namespace ends where a device has no other end on this machine. That the packet left is what can be proven here; firewalls, routes and filters beyond need to be asked there.',
  ],
  look: [
    { run: 'ip -n NS route get DST', shows: '"dev" and the uplink' },
    {
      run: 'ip netns exec NS timeout 5 tcpdump -nei DEV -c 2',
      shows: 'it leaves, "ethertype": and nothing comes back',
    },
    { run: 'ip netns exec NS ping -c 1 -W 2 GW', shows: 'whether the gateway itself answers: "1 received"' },
  ],
  fix: [{ does: 'Go on where it went: tcpdump on the other machine, nsdiag why there, or nsdiag snapshot of both' }],
  confused: [
    { code: 'nat-missing', tell: 'the source is private and has to be translated first' },
    { code: 'no-route', tell: 'it does not leave at all' },
  ],
  unshown: 'A lab has no outside: what leaves it is nowhere.',
};
