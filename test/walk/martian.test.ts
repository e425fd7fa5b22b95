/** Addresses that no route makes good. */

import { expect, test } from 'vitest';
import { type HostSpec, hostOf, tweakSysctl } from '../helpers/build-host.ts';
import { end } from './hosts.ts';

const PAIR: HostSpec = {
  a: {
    links: { lo: { addresses: [] }, va: { peer: 'b:vb', addresses: ['10.0.1.1/24', 'fd01::1/64'] } },
    routes: ['127.0.0.5 via 10.0.1.2', '::1 via fd01::2'],
  },
  b: { links: { vb: { addresses: ['10.0.1.2/24', 'fd01::2/64'] } } },
};

test('martian() refuses 127.0.0.0/8 from a wire, unless route_localnet', () => {
  const host = hostOf(PAIR);
  expect(end(host, 'a', '127.0.0.5')).toBe('request martian-destination at b:vb');
  const inward = tweakSysctl(host, 'b', 'net/ipv4/conf/vb/route_localnet', 1);
  expect(end(inward, 'a', '127.0.0.5')).toBe('reply martian-source at a:va');
  expect(end(tweakSysctl(inward, 'a', 'net/ipv4/conf/va/route_localnet', 1), 'a', '127.0.0.5')).toBe('delivered');
});

test('martian() is undecided when route_localnet could not be read', () => {
  const host = tweakSysctl(hostOf(PAIR), 'b', 'net/ipv4/conf/vb/route_localnet', undefined);
  expect(end(host, 'a', '127.0.0.5')).toBe('request undecided: route_localnet of vb could not be read');
});

test('martian() refuses ::1 from a wire', () => {
  expect(end(hostOf(PAIR), 'a', '::1')).toBe('request martian-destination at b:vb');
});

test('routeOutput() lets no loopback address out', () => {
  const host = hostOf({ ...PAIR, a: { links: { va: { peer: 'b:vb', addresses: ['10.0.1.1/24'] } } } });
  expect(end(host, 'a', '10.0.1.2', { from: '127.0.0.1' })).toBe('request martian-source at a:va');
});

test('routeInput() gives broadcasts to nobody', () => {
  expect(end(hostOf(PAIR), 'a', '10.0.1.255')).toBe('request broadcast-destination at a');
  const other = hostOf({
    ...PAIR,
    a: { links: { va: { peer: 'b:vb', addresses: ['10.0.1.1/16'] } } },
  });
  expect(end(other, 'a', '10.0.1.255')).toBe('request neighbor-unanswered at a:va');
});

test('forward() keeps a link-local source on its link, where the answer finds it', () => {
  const host = hostOf({
    a: { links: { va: { peer: 'r:ra' } }, routes: ['fd01::/64 dev va', 'fd02::/64 via fd01::fe dev va'] },
    r: {
      links: { ra: { addresses: ['fd01::fe/64'] }, rb: { peer: 'b:vb', addresses: ['fd02::fe/64'] } },
      sysctls: { 'net/ipv6/conf/all/forwarding': 1 },
    },
    b: { links: { vb: { addresses: ['fd02::1/64'] } } },
  });
  expect(end(host, 'a', 'fd02::1')).toBe('request martian-source at r:ra');
  expect(end(host, 'a', 'fd01::fe')).toBe('delivered');
});

test('routeOutput() is undecided about a link-local destination that no device is named for', () => {
  const host = hostOf({ a: { links: { va: { peer: 'b:vb' } } }, b: { links: { vb: {} } } });
  expect(end(host, 'a', 'fe80::99')).toBe(
    'request undecided: fe80::99 is on every link: which one is meant, nobody said',
  );
});
