import { expect, test } from 'vitest';
import { bridgeHairpinOff } from '../../../src/faults/rules/bridge-hairpin-off.ts';
import { commandsFor, findBy } from '../diagnose.ts';
import { bridged } from '../worlds.ts';

const KNOWN = ['10.0.0.2 dev eth0 lladdr 02:00:00:02:00:02 permanent'];

test('bridge-hairpin-off names the port by which the frame would go back', () => {
  const host = bridged({ ns1: { neighbors: KNOWN }, sw: { fdb: ['02:00:00:02:00:02 dev p1 master br0 static'] } });
  const [finding] = findBy(bridgeHairpinOff, host, 'ns1 10.0.0.2');
  expect(finding).toMatchObject({ code: 'bridge-hairpin-off', netns: 'sw', device: 'p1', leg: 'request' });
  expect(commandsFor(host, finding)).toEqual(['bridge -n sw link set dev p1 hairpin on']);
});

test('bridge-hairpin-off is silent when the entry leads to the other port', () => {
  const host = bridged({
    ns1: { neighbors: KNOWN },
    sw: { fdb: ['02:00:00:02:00:02 dev p2 master br0 static'] },
    p2: { port: { state: 'blocking' } },
  });
  expect(findBy(bridgeHairpinOff, host, 'ns1 10.0.0.2')).toEqual([]);
});
