import { expect, test } from 'vitest';
import { bridgePortIsolated } from '../../../src/faults/rules/bridge-port-isolated.ts';
import { commandsFor, findBy, isProgress } from '../diagnose.ts';
import { bridged } from '../worlds.ts';

test('bridge-port-isolated opens one of two isolated ports', () => {
  const host = bridged({ p1: { port: { isolated: true } }, p2: { port: { isolated: true } } });
  const findings = findBy(bridgePortIsolated, host, 'ns1 10.0.0.2');
  expect(findings).toMatchObject([{ code: 'bridge-port-isolated', netns: 'sw', device: 'p2', leg: 'request' }]);
  expect(findings[0]?.evidence.length).toBeGreaterThan(0);
  expect(commandsFor(host, findings[0])).toEqual(['bridge -n sw link set dev p2 isolated off']);
  expect(isProgress(host, 'ns1 10.0.0.2', findings[0])).toBe(true);
});

test('bridge-port-isolated is silent when only one port is isolated', () => {
  expect(findBy(bridgePortIsolated, bridged({ p1: { port: { isolated: true } } }), 'ns1 10.0.0.77')).toEqual([]);
});
