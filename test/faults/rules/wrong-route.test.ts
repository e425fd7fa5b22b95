import { expect, test } from 'vitest';
import { wrongRoute } from '../../../src/faults/rules/wrong-route.ts';
import { hostOf } from '../../helpers/build-host.ts';
import { after, codesOf, commandsFor, endOf, findBy } from '../diagnose.ts';
import { chain, pair } from '../worlds.ts';

test.each([
  ['a narrower route', '10.0.2.0/25 via 10.0.1.1', 'ip -n r1 route del 10.0.2.0/25 via 10.0.1.1 dev a'],
  ['a host route', '10.0.2.1/32 via 10.0.1.1', 'ip -n r1 route del 10.0.2.1 via 10.0.1.1 dev a'],
])('wrong-route deletes %s that leads back to where the packet came from', (_, wrong, command) => {
  const host = chain({
    r1: { sysctls: { 'net/ipv4/ip_forward': 1 }, routes: ['10.0.2.0/24 via 10.0.12.2', wrong] },
  });
  const findings = findBy(wrongRoute, host, 'ns1 10.0.2.1');
  expect(findings).toMatchObject([{ code: 'wrong-route', netns: 'r1', device: 'a', leg: 'request' }]);
  expect(findings[0]?.evidence.length).toBeGreaterThan(1);
  expect(commandsFor(host, findings[0])).toEqual([command]);
  for (const repair of findings[0]?.repairs ?? []) expect(endOf(after(host, repair), 'ns1 10.0.2.1')).toBe('answered');
  expect(codesOf(host, 'ns1 10.0.2.1')).toEqual(['wrong-route']);
});

test('wrong-route deletes the default route of a lower metric', () => {
  const host = hostOf({
    ns1: {
      links: {
        a: { peer: 'r1:a', addresses: ['10.0.1.1/24'] },
        b: { peer: 'idle:b', addresses: ['10.9.0.1/24'] },
      },
      routes: ['default via 10.0.1.254 metric 100', 'default via 10.9.0.2 metric 50'],
    },
    idle: { links: { b: { addresses: ['10.9.0.2/24'] } } },
    r1: {
      links: { a: { addresses: ['10.0.1.254/24'] }, b: { peer: 'ns2:e0', addresses: ['10.0.2.254/24'] } },
      sysctls: { 'net/ipv4/ip_forward': 1 },
    },
    ns2: { links: { e0: { addresses: ['10.0.2.1/24'] } }, routes: ['default via 10.0.2.254'] },
  });
  const findings = findBy(wrongRoute, host, 'ns1 10.0.2.1');
  expect(commandsFor(host, findings[0])).toEqual(['ip -n ns1 route del default via 10.9.0.2 dev b metric 50']);
  expect(findings[0]?.why).toContain('50 before 100');
});

test('wrong-route leads around a connected network of its own, which must stay', () => {
  const host = hostOf({
    ns1: {
      links: {
        a: { peer: 'ns2:e0', addresses: ['10.0.0.1/16'] },
        docker0: { kind: 'dummy', addresses: ['10.0.5.1/24'] },
      },
    },
    ns2: { links: { e0: { addresses: ['10.0.5.2/16'] } } },
  });
  const findings = findBy(wrongRoute, host, 'ns1 10.0.5.2');
  expect(findings).toMatchObject([{ code: 'wrong-route', netns: 'ns1', device: 'docker0' }]);
  expect(commandsFor(host, findings[0])).toEqual(['ip -n ns1 route add 10.0.5.2 dev a src 10.0.0.1']);
  expect(endOf(after(host, findings[0]?.repairs[0]), 'ns1 10.0.5.2')).toBe('answered');
});

test('wrong-route is silent about the only route, wrong as it is', () => {
  const host = chain({ r1: { sysctls: { 'net/ipv4/ip_forward': 1 }, routes: ['10.0.2.0/24 via 10.0.1.1'] } });
  expect(findBy(wrongRoute, host, 'ns1 10.0.2.1')).toEqual([]);
});

test('wrong-route is silent about a narrower route to a gateway that nobody has', () => {
  const host = chain({
    r1: { sysctls: { 'net/ipv4/ip_forward': 1 }, routes: ['10.0.2.0/24 via 10.0.12.2', '10.0.2.0/25 via 10.0.12.9'] },
  });
  expect(findBy(wrongRoute, host, 'ns1 10.0.2.1')).toEqual([]);
  expect(codesOf(host, 'ns1 10.0.2.1')).toEqual(['gateway-unreachable']);
});

test('wrong-route is silent about a narrower route that leads there, where the far end is down', () => {
  const host = pair({ ns1: { routes: ['10.0.0.2/32 dev veth0'] }, veth1: { noArp: true } });
  expect(findBy(wrongRoute, host, 'ns1 10.0.0.2')).toEqual([]);
});
