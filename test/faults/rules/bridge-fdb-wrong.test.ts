import { expect, test } from 'vitest';
import { bridgeFdbWrong } from '../../../src/faults/rules/bridge-fdb-wrong.ts';
import { codesOf, commandsFor, findBy, isProgress } from '../diagnose.ts';
import { bridged } from '../worlds.ts';

test('bridge-fdb-wrong switches flooding on where the MAC is not known', () => {
  const host = bridged({
    p2: { port: { flood: false } },
    ns1: { neighbors: ['10.0.0.2 dev eth0 lladdr 02:00:00:02:00:02 permanent'] },
  });
  const findings = findBy(bridgeFdbWrong, host, 'ns1 10.0.0.2');
  expect(findings).toMatchObject([{ code: 'bridge-fdb-wrong', netns: 'sw', device: 'p2', leg: 'request' }]);
  expect(findings[0]?.evidence.length).toBeGreaterThan(0);
  expect(commandsFor(host, findings[0])).toEqual(['bridge -n sw link set dev p2 flood on']);
  expect(isProgress(host, 'ns1 10.0.0.2', findings[0])).toBe(true);
});

test.each([
  ['ARP, which is broadcast', { broadcastFlood: false }, '10.0.0.2', 'bcast_flood'],
  ['neighbour discovery, which is multicast', { multicastFlood: false }, 'fd00::2', 'mcast_flood'],
])('bridge-fdb-wrong switches flooding on for %s', (_, port, to, word) => {
  const host = bridged({ p2: { port } });
  const [finding] = findBy(bridgeFdbWrong, host, `ns1 ${to}`);
  expect(commandsFor(host, finding)).toEqual([`bridge -n sw link set dev p2 ${word} on`]);
  expect(isProgress(host, `ns1 ${to}`, finding)).toBe(true);
});

test('bridge-fdb-wrong is silent when ARP, which is broadcast, finds the owner', () => {
  expect(findBy(bridgeFdbWrong, bridged({ p2: { port: { flood: false } } }), 'ns1 10.0.0.77')).toEqual([]);
});

test('bridge-fdb-wrong deletes a static entry that leads to another port', () => {
  const host = bridged({
    ns1: { neighbors: ['10.0.0.2 dev eth0 lladdr 02:00:00:02:00:02 permanent'] },
    sw: { fdb: ['02:00:00:02:00:02 dev p1 master br0 static'] },
  });
  const [finding] = findBy(bridgeFdbWrong, host, 'ns1 10.0.0.2');
  expect(finding).toMatchObject({ netns: 'sw', device: 'p1' });
  expect(commandsFor(host, finding)).toEqual(['bridge -n sw fdb del 02:00:00:02:00:02 dev p1 master']);
  expect(isProgress(host, 'ns1 10.0.0.2', finding)).toBe(true);
  expect(codesOf(host, 'ns1 10.0.0.2')).toEqual(['bridge-fdb-wrong']);
});
