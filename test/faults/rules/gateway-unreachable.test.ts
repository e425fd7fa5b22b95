import { expect, test } from 'vitest';
import { gatewayUnreachable } from '../../../src/faults/rules/gateway-unreachable.ts';
import { commandsFor, findBy, isProgress } from '../diagnose.ts';
import { chain, pair } from '../worlds.ts';

test('gateway-unreachable changes a route to the gateway that is there', () => {
  const host = chain({ r1: { routes: ['10.0.2.0/24 via 10.0.12.9'], sysctls: { 'net/ipv4/ip_forward': 1 } } });
  const findings = findBy(gatewayUnreachable, host, 'ns1 10.0.2.1');
  expect(findings).toMatchObject([{ code: 'gateway-unreachable', netns: 'r1', device: 'b', leg: 'request' }]);
  expect(findings[0]?.evidence.length).toBeGreaterThan(0);
  expect(commandsFor(host, findings[0])).toEqual(['ip -n r1 route change 10.0.2.0/24 via 10.0.12.2 dev b']);
  expect(isProgress(host, 'ns1 10.0.2.1', findings[0])).toBe(true);
});

test("gateway-unreachable is silent when the destination itself, without a gateway, is nobody's", () => {
  expect(findBy(gatewayUnreachable, pair(), 'ns1 10.0.0.77')).toEqual([]);
});
