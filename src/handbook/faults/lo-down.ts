/**
 * The page of `nsdiag explain lo-down`.
 *
 * @module
 */

import type { Page } from '../page.ts';

export const loDown: Page = {
  code: 'lo-down',
  group: 'link',
  what: 'A namespace does not reach its own addresses, because lo is down. A new namespace has lo, and it is down.',
  linux: [
    'A packet to any address of the same namespace is sent through lo, whichever interface holds the address (net/ipv4/route.c: ip_route_output_key_hash_rcu(), a local destination leaves by loopback_dev). A device that is down sends nothing.',
    '127.0.0.1 and ::1 are given to lo when it comes up. Services on localhost, and many a health check, need it.',
  ],
  look: [
    { run: 'ip -n NS link show dev lo', shows: '"state DOWN"' },
    {
      run: 'ip netns exec NS ping -c 1 -W 1 127.0.0.1',
      shows: '"100% packet loss", and no error: the packet is dropped on lo',
    },
  ],
  fix: [{ run: 'ip -n NS link set dev lo up', does: '' }],
  confused: [
    { code: 'no-listener', tell: 'refused, and not unreachable: lo works and nobody listens' },
    { code: 'icmp-ignored', tell: 'TCP to the same address works' },
  ],
};
