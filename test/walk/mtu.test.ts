import { expect, test } from 'vitest';
import type { PathMtu } from '../../src/host/path-mtu.ts';
import { hostOf } from '../helpers/build-host.ts';
import { addr } from '../helpers/iproute-text.ts';
import { end, ROUTER } from './hosts.ts';

/** What a packet too big for somewhere behind b has taught. */
const LEARNED: PathMtu = {
  family: 'inet',
  destination: addr('10.0.2.1'),
  via: undefined,
  device: 'rb' as PathMtu['device'],
  mtu: 1400,
};

test.each([
  [0, 'delivered'],
  [1, 'request mtu-exceeded at r:rb'],
])('forwardMtu() with ip_forward_use_pmtu %i takes what the router has learned for %s', (value, expected) => {
  const host = hostOf({
    ...ROUTER,
    r: {
      ...ROUTER['r'],
      pathMtus: [LEARNED],
      sysctls: { ...ROUTER['r']?.sysctls, 'net/ipv4/ip_forward_use_pmtu': value },
    },
  });
  expect(end(host, 'a', '10.0.2.1', { payloadBytes: 1472, dontFragment: true })).toBe(expected);
});
