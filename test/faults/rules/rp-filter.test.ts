import { expect, test } from 'vitest';
import { rpFilter } from '../../../src/faults/rules/rp-filter.ts';
import type { Host } from '../../../src/host/host.ts';
import { hostOf } from '../../helpers/build-host.ts';
import { commandsFor, findBy, isProgress } from '../diagnose.ts';
import { chain } from '../worlds.ts';

/** Two wires between the routers: requests go by the first, answers by the second. */
function asymmetric(mode: number): Host {
  return hostOf({
    ns1: { links: { e0: { peer: 'r1:in', addresses: ['10.0.1.1/24'] } }, routes: ['default via 10.0.1.254'] },
    r1: {
      links: {
        in: { addresses: ['10.0.1.254/24'] },
        one: { peer: 'r2:one', addresses: ['10.0.11.1/24'] },
        two: { peer: 'r2:two', addresses: ['10.0.12.1/24'] },
      },
      routes: ['10.0.2.0/24 via 10.0.11.2'],
      sysctls: { 'net/ipv4/ip_forward': 1 },
    },
    r2: {
      links: {
        one: { addresses: ['10.0.11.2/24'] },
        two: { addresses: ['10.0.12.2/24'] },
        d0: { kind: 'dummy', addresses: ['10.0.2.1/24'] },
      },
      routes: ['10.0.1.0/24 via 10.0.12.1'],
      sysctls: { 'net/ipv4/conf/one/rp_filter': mode },
    },
  });
}

test('rp-filter loosens the filter where the way back is another interface', () => {
  const host = asymmetric(1);
  const [finding] = findBy(rpFilter, host, 'ns1 10.0.2.1');
  expect(finding).toMatchObject({ code: 'rp-filter', netns: 'r2', device: 'one', leg: 'request' });
  expect(commandsFor(host, finding)).toEqual(['ip netns exec r2 sysctl -w net/ipv4/conf/one/rp_filter=2']);
  expect(isProgress(host, 'ns1 10.0.2.1', finding)).toBe(true);
});

test('rp-filter adds the way back where there is none, which loose filtering wants as well', () => {
  const host = chain({ r2: { routes: [], sysctls: { 'net/ipv4/ip_forward': 1, 'net/ipv4/conf/a/rp_filter': 1 } } });
  const [finding] = findBy(rpFilter, host, 'ns1 10.0.2.1');
  expect(finding).toMatchObject({ netns: 'r2', device: 'a' });
  expect(commandsFor(host, finding)).toEqual(['ip -n r2 route add 10.0.1.0/24 via 10.0.12.1 dev a']);
  expect(isProgress(host, 'ns1 10.0.2.1', finding)).toBe(true);
});

test('rp-filter is silent when the filter is loose', () => {
  expect(findBy(rpFilter, asymmetric(2), 'ns1 10.0.2.1')).toEqual([]);
});
