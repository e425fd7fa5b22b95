import { expect, test } from 'vitest';
import { routeUnreachable } from '../../../src/faults/rules/route-unreachable.ts';
import { hostOf } from '../../helpers/build-host.ts';
import { after, codesOf, commandsFor, endOf, findBy, isProgress } from '../diagnose.ts';
import { chain } from '../worlds.ts';

test('route-unreachable deletes the unreachable route that matches first', () => {
  const host = chain({
    r1: { routes: ['10.0.2.0/24 via 10.0.12.2', 'unreachable 10.0.2.1/32'], sysctls: { 'net/ipv4/ip_forward': 1 } },
  });
  const findings = findBy(routeUnreachable, host, 'ns1 10.0.2.1');
  expect(findings).toMatchObject([{ code: 'route-unreachable', netns: 'r1', device: undefined, leg: 'request' }]);
  expect(findings[0]?.evidence.length).toBeGreaterThan(0);
  expect(commandsFor(host, findings[0])).toEqual(['ip -n r1 route del unreachable 10.0.2.1']);
  expect(isProgress(host, 'ns1 10.0.2.1', findings[0])).toBe(true);
});

test('route-unreachable is silent about a unreachable route for another prefix', () => {
  expect(
    findBy(
      routeUnreachable,
      chain({ r1: { routes: ['unreachable 10.0.3.0/24'], sysctls: { 'net/ipv4/ip_forward': 1 } } }),
      'ns1 10.0.2.1',
    ),
  ).toEqual([]);
});

test.each([
  ['a packet that came in is validated by', '10.0.1.1/32', 'ns1 10.0.2.1'],
  ['an asker, who is not answered, is validated by', '10.0.2.254/32', 'r 10.0.2.1'],
])('route-unreachable is what %s', (_, refused, question) => {
  const host = hostOf({
    ns1: { links: { eth0: { peer: 'r:a', addresses: ['10.0.1.1/24'] } }, routes: ['default via 10.0.1.254'] },
    r: {
      links: { a: { addresses: ['10.0.1.254/24'] }, b: { peer: 'ns2:eth0', addresses: ['10.0.2.254/24'] } },
      sysctls: { 'net/ipv4/ip_forward': 1 },
    },
    ns2: {
      links: { eth0: { addresses: ['10.0.2.1/24'] } },
      routes: ['default via 10.0.2.254', `unreachable ${refused}`],
      sysctls: { 'net/ipv4/conf/all/rp_filter': 2 },
    },
  });
  expect(codesOf(host, question)).toEqual(['route-unreachable']);
  const [finding] = findBy(routeUnreachable, host, question);
  expect(endOf(after(host, finding?.repairs[0]), question)).toBe('answered');
});

test('route-unreachable makes an exception to a table of its own that refuses all, and main behind it knows the way', () => {
  const host = chain({
    ns1: {
      routes: ['default via 10.0.1.254', 'unreachable default table 51820'],
      rules: ['100: not from all fwmark 0xca6c lookup 51820'],
    },
  });
  expect(codesOf(host, 'ns1 10.0.2.1')).toEqual(['route-unreachable']);
  const [finding] = findBy(routeUnreachable, host, 'ns1 10.0.2.1');
  expect(finding?.what).toBe('ns1 refuses 10.0.2.1 by the route "unreachable default" of table 51820');
  expect(finding?.evidence.map(({ text }) => text)).toContain('100: not from all fwmark 0xca6c lookup 51820');
  expect(commandsFor(host, finding)).toEqual(['ip -n ns1 route add 10.0.2.0/24 via 10.0.1.254 dev e0 table 51820']);
  expect(endOf(after(host, finding?.repairs[0]), 'ns1 10.0.2.1')).toBe('answered');
});
