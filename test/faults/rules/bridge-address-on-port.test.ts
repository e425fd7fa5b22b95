import { expect, test } from 'vitest';
import { bridgeAddressOnPort } from '../../../src/faults/rules/bridge-address-on-port.ts';
import { commandsFor, findBy, isProgress } from '../diagnose.ts';
import { behindBridge } from '../worlds.ts';

test('bridge-address-on-port moves the address from the port to the bridge', () => {
  const host = behindBridge({ br0: { addresses: [] }, port: { addresses: ['192.168.10.1/24'] } });
  const findings = findBy(bridgeAddressOnPort, host, 'host 192.168.10.11');
  expect(findings).toMatchObject([{ code: 'bridge-address-on-port', netns: 'host', device: 'br0.1', leg: 'request' }]);
  expect(findings[0]?.evidence.length).toBeGreaterThan(0);
  expect(commandsFor(host, findings[0])).toEqual([
    'ip addr del 192.168.10.1/24 dev br0.1',
    'ip addr add 192.168.10.1/24 dev br0',
  ]);
  expect(isProgress(host, 'host 192.168.10.11', findings[0])).toBe(true);
});

test('bridge-address-on-port is silent when the address is on the bridge and the neighbour does not exist', () => {
  expect(findBy(bridgeAddressOnPort, behindBridge(), 'host 192.168.10.77')).toEqual([]);
});
