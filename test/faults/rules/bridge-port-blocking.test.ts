import { expect, test } from 'vitest';
import { bridgePortBlocking } from '../../../src/faults/rules/bridge-port-blocking.ts';
import { hostOf } from '../../helpers/build-host.ts';
import { commandsFor, findBy, isProgress } from '../diagnose.ts';
import { bridged } from '../worlds.ts';

test('bridge-port-blocking names the port and its state, and lets it forward', () => {
  const host = bridged({ p1: { port: { state: 'blocking' } } });
  const findings = findBy(bridgePortBlocking, host, 'ns1 10.0.0.2');
  expect(findings).toMatchObject([{ code: 'bridge-port-blocking', netns: 'sw', device: 'p1', leg: 'request' }]);
  expect(findings[0]?.evidence.length).toBeGreaterThan(0);
  expect(commandsFor(host, findings[0])).toEqual(['bridge -n sw link set dev p1 state forwarding']);
  expect(isProgress(host, 'ns1 10.0.0.2', findings[0])).toBe(true);
});

test('bridge-port-blocking is silent about a blocking port beside the path', () => {
  expect(
    findBy(
      bridgePortBlocking,
      hostOf({
        ns1: { links: { eth0: { peer: 'sw:p1', addresses: ['10.0.0.1/24'] } } },
        ns2: { links: { eth0: { peer: 'sw:p2', addresses: ['10.0.0.2/24'] } } },
        sw: {
          links: {
            br0: { kind: 'bridge' },
            p1: { master: 'br0' },
            p2: { master: 'br0' },
            p3: { peer: 'ns3:eth0', master: 'br0', port: { state: 'blocking' } },
          },
        },
        ns3: { links: { eth0: {} } },
      }),
      'ns1 10.0.0.77',
    ),
  ).toEqual([]);
});
