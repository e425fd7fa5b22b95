import { expect, test } from 'vitest';
import { noRoute } from '../../../src/faults/rules/no-route.ts';
import { commandsFor, findBy, isProgress } from '../diagnose.ts';
import { pair } from '../worlds.ts';

test('no-route adds the route onto the wire of a neighbour in another network', () => {
  const host = pair({ veth0: { addresses: ['10.0.1.1/24'] }, veth1: { addresses: ['10.0.2.1/24'] } });
  const findings = findBy(noRoute, host, 'ns1 10.0.2.1');
  expect(findings).toMatchObject([{ code: 'no-route', netns: 'ns1', device: 'veth0', leg: 'request' }]);
  expect(findings[0]?.evidence.length).toBeGreaterThan(0);
  expect(commandsFor(host, findings[0])).toEqual(['ip -n ns1 route add 10.0.2.0/24 dev veth0']);
  expect(isProgress(host, 'ns1 10.0.2.1', findings[0])).toBe(true);
});

test('no-route is silent when there is a route and the end of it is down', () => {
  expect(findBy(noRoute, pair({ veth1: { up: false } }), 'ns1 10.0.0.2')).toEqual([]);
});
