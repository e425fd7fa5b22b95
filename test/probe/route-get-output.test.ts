import { expect, test } from 'vitest';
import { readRouteGets } from '../../src/probe/route-get-output.ts';

const ROUTE =
  '[{"type":"1","dst":"10.0.2.2","gateway":"10.0.1.1","dev":"veth0","table":"254","prefsrc":"10.0.1.2","flags":[],"uid":0,"cache":[]}]\n';
const LOCAL = '[{"type":"2","dst":"10.0.1.1","dev":"lo","table":"255","flags":[],"cache":["local"]}]\n';
const route = { kind: 'route', type: 'unicast', device: 'veth0', via: '10.0.1.1', source: '10.0.1.2', table: 254 };

test('readRouteGets() puts answers and complaints back onto their lines', () => {
  const stderr =
    'RTNETLINK answers: Network is unreachable\nCommand failed -:2\nCannot find device "veth9"\nCommand failed -:3\n';
  expect(readRouteGets(4, ROUTE + LOCAL, stderr)).toEqual([
    route,
    { kind: 'error', text: 'Network is unreachable' },
    { kind: 'error', text: 'Cannot find device "veth9"' },
    { kind: 'route', type: 'local', device: 'lo', via: undefined, source: undefined, table: 255 },
  ]);
});

test('readRouteGets() reads a gateway of the other family, and names instead of numbers', () => {
  const stdout =
    '[{"type":"unicast","dst":"10.0.2.2","via":{"family":"inet6","host":"fe80::1"},"dev":"v","table":"main","flags":[]}]\n';
  expect(readRouteGets(1, stdout, '')).toMatchObject([{ type: 'unicast', via: 'fe80::1', table: undefined }]);
});

test('readRouteGets() keeps every word that the kernel adds', () => {
  const stderr = 'Error: Invalid source address.\nRTNETLINK answers: Invalid argument\nCommand failed -:1\n';
  expect(readRouteGets(1, '', stderr)).toEqual([
    { kind: 'error', text: 'Error: Invalid source address.; Invalid argument' },
  ]);
});

test('readRouteGets() answers nothing where ip could not be asked, or was cut short', () => {
  expect(readRouteGets(2, '', 'nsenter: cannot open x: No such file or directory\n')).toEqual([undefined, undefined]);
  expect(readRouteGets(2, ROUTE, '')).toEqual([route, undefined]);
  for (let end = 0; end < ROUTE.length - 1; end++)
    expect(readRouteGets(1, ROUTE.slice(0, end), '')).toEqual([undefined]);
});

test('readRouteGets() tells a way that an ICMP redirect told from one of a route', () => {
  const stdout = ROUTE.replace('"cache":[]', '"cache":["redirected"],"expires":297');
  expect(readRouteGets(1, stdout, '')).toEqual([{ ...route, redirected: true }]);
});
