import { expect, test } from 'vitest';
import { bridgePortUnattached } from '../../../src/faults/rules/bridge-port-unattached.ts';
import { hostOf } from '../../helpers/build-host.ts';
import { codesOf, commandsFor, findBy, isProgress } from '../diagnose.ts';
import { bridged } from '../worlds.ts';

test('bridge-port-unattached names the interface that is on no bridge, and attaches it', () => {
  const host = bridged({ free: ['p2'] });
  const findings = findBy(bridgePortUnattached, host, 'ns1 10.0.0.2');
  expect(findings).toMatchObject([{ code: 'bridge-port-unattached', netns: 'sw', device: 'p2', leg: 'request' }]);
  expect(findings[0]?.evidence.length).toBeGreaterThan(0);
  expect(commandsFor(host, findings[0])).toEqual(['ip -n sw link set dev p2 master br0']);
  expect(isProgress(host, 'ns1 10.0.0.2', findings[0])).toBe(true);
});

test("bridge-port-unattached is silent when both ports are on the bridge and the address is nobody's", () => {
  expect(findBy(bridgePortUnattached, bridged(), 'ns1 10.0.0.77')).toEqual([]);
});

test('bridge-port-unattached moves a port to the other one of two bridges that have its network', () => {
  const host = hostOf({
    a: { links: { eth0: { peer: 'r:pa', addresses: ['10.0.0.10/24'] } } },
    b: { links: { eth0: { peer: 'r:pb', addresses: ['10.0.0.20/24'] } } },
    r: {
      links: {
        'br-a': { kind: 'bridge', addresses: ['10.0.0.1/24'] },
        'br-b': { kind: 'bridge', addresses: ['10.0.0.2/24'] },
        'br-c': { kind: 'bridge', addresses: ['10.7.0.1/24'] },
        pa: { master: 'br-a' },
        pb: { master: 'br-b' },
      },
    },
  });
  const [finding, ...more] = findBy(bridgePortUnattached, host, 'a 10.0.0.20');
  expect(more).toEqual([]);
  expect(finding?.what).toBe('pa in r is on bridge br-a, and the way leads over br-b');
  expect(finding?.repairs[0]?.sideEffects).toMatch(/^pa leaves br-a: /);
  expect(commandsFor(host, finding)).toEqual(['ip -n r link set dev pa master br-b']);
  expect(isProgress(host, 'a 10.0.0.20', finding)).toBe(true);
});

test('bridge-port-unattached leaves a port on the bridge of its own network, whose address is too wide', () => {
  const host = hostOf({
    a: { links: { eth0: { peer: 'r:pa', addresses: ['10.0.0.10/8'] } } },
    b: { links: { eth0: { peer: 'r:pb', addresses: ['10.1.0.10/24'] } }, routes: ['default via 10.1.0.1'] },
    r: {
      links: {
        'br-a': { kind: 'bridge', addresses: ['10.0.0.1/24'] },
        'br-b': { kind: 'bridge', addresses: ['10.1.0.1/24'] },
        pa: { master: 'br-a' },
        pb: { master: 'br-b' },
      },
      sysctls: { 'net/ipv4/ip_forward': 1 },
    },
  });
  expect(findBy(bridgePortUnattached, host, 'a 10.1.0.10')).toEqual([]);
  expect(codesOf(host, 'a 10.1.0.10')).toEqual(['wrong-prefix']);
});
