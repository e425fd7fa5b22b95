import { expect, test } from 'vitest';
import { disconnected } from '../../../src/faults/rules/disconnected.ts';
import { hostOf } from '../../helpers/build-host.ts';
import { findBy } from '../diagnose.ts';
import { chain } from '../worlds.ts';

test('disconnected says that no wire leads to the owner', () => {
  const host = hostOf({
    ns1: { links: { d0: { kind: 'dummy', addresses: ['10.0.0.1/24'] } } },
    ns2: { links: { d0: { kind: 'dummy', addresses: ['10.0.2.1/24'] } } },
  });
  const findings = findBy(disconnected, host, 'ns1 10.0.2.1');
  expect(findings).toMatchObject([{ code: 'disconnected', netns: 'ns1', device: undefined, leg: 'request' }]);
  expect(findings[0]?.evidence.length).toBeGreaterThan(0);
  expect(findings[0]?.repairs).toEqual([]);
});

test('disconnected is silent when a wire does lead there and the route is missing', () => {
  expect(
    findBy(disconnected, chain({ r1: { routes: [], sysctls: { 'net/ipv4/ip_forward': 1 } } }), 'ns1 10.0.2.1'),
  ).toEqual([]);
});
