import { expect, test } from 'vitest';
import { wrongGateway } from '../../../src/faults/rules/wrong-gateway.ts';
import { hostOf } from '../../helpers/build-host.ts';
import { commandsFor, findBy, isProgress } from '../diagnose.ts';
import { chain } from '../worlds.ts';

test('wrong-gateway changes a route through a namespace that leads nowhere', () => {
  const host = hostOf({
    ns1: { links: { eth0: { peer: 'sw:p1', addresses: ['10.0.0.1/24'] } }, routes: ['default via 10.0.0.9'] },
    idle: { links: { eth0: { peer: 'sw:p2', addresses: ['10.0.0.9/24'] } } },
    r1: {
      links: {
        eth0: { peer: 'sw:p3', addresses: ['10.0.0.254/24'] },
        eth1: { peer: 'ns2:eth0', addresses: ['10.0.2.254/24'] },
      },
      sysctls: { 'net/ipv4/ip_forward': 1 },
    },
    ns2: { links: { eth0: { addresses: ['10.0.2.1/24'] } }, routes: ['default via 10.0.2.254'] },
    sw: { links: { br0: { kind: 'bridge' }, p1: { master: 'br0' }, p2: { master: 'br0' }, p3: { master: 'br0' } } },
  });
  const findings = findBy(wrongGateway, host, 'ns1 10.0.2.1');
  expect(findings).toMatchObject([{ code: 'wrong-gateway', netns: 'ns1', device: 'eth0', leg: 'request' }]);
  expect(findings[0]?.evidence.length).toBeGreaterThan(0);
  expect(commandsFor(host, findings[0])).toEqual(['ip -n ns1 route change default via 10.0.0.254 dev eth0']);
  expect(isProgress(host, 'ns1 10.0.2.1', findings[0])).toBe(true);
});

test('wrong-gateway is silent about the right gateway that does not forward', () => {
  expect(
    findBy(
      wrongGateway,
      chain({ r1: { routes: ['10.0.2.0/24 via 10.0.12.2'], sysctls: { 'net/ipv4/ip_forward': 0 } } }),
      'ns1 10.0.2.1',
    ),
  ).toEqual([]);
});
