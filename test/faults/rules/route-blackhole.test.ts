import { expect, test } from 'vitest';
import { routeBlackhole } from '../../../src/faults/rules/route-blackhole.ts';
import { commandsFor, findBy, isProgress } from '../diagnose.ts';
import { chain } from '../worlds.ts';

test('route-blackhole deletes the blackhole route that matches first', () => {
  const host = chain({
    r1: { routes: ['10.0.2.0/24 via 10.0.12.2', 'blackhole 10.0.2.1/32'], sysctls: { 'net/ipv4/ip_forward': 1 } },
  });
  const findings = findBy(routeBlackhole, host, 'ns1 10.0.2.1');
  expect(findings).toMatchObject([{ code: 'route-blackhole', netns: 'r1', device: undefined, leg: 'request' }]);
  expect(findings[0]?.evidence.length).toBeGreaterThan(0);
  expect(commandsFor(host, findings[0])).toEqual(['ip -n r1 route del blackhole 10.0.2.1']);
  expect(isProgress(host, 'ns1 10.0.2.1', findings[0])).toBe(true);
});

test('route-blackhole is silent about a blackhole route for another prefix', () => {
  expect(
    findBy(
      routeBlackhole,
      chain({ r1: { routes: ['blackhole 10.0.3.0/24'], sysctls: { 'net/ipv4/ip_forward': 1 } } }),
      'ns1 10.0.2.1',
    ),
  ).toEqual([]);
});

test('route-blackhole says who probably put the route there', () => {
  const host = chain({
    r1: {
      routes: ['10.0.2.0/24 via 10.0.12.2', 'blackhole 10.0.2.0/26 proto bird'],
      sysctls: { 'net/ipv4/ip_forward': 1 },
    },
  });
  expect(findBy(routeBlackhole, host, 'ns1 10.0.2.1')[0]?.evidence[1]?.text).toMatch(
    /^bird .*probably put this route there \(proto bird\)/,
  );
});
