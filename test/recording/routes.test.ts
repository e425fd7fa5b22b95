import { expect, test } from 'vitest';
import { routesOf } from '../../src/recording/routes.ts';
import { net, route } from '../helpers/iproute-text.ts';
import { fixture, namespaceOf, namespaceWith, valueIn } from './recorded.ts';

const RECORDED = valueIn(routesOf(namespaceOf(fixture('odd-router'), 'router')));

function recorded(prefix: string, table = 254) {
  const destination = net(prefix);
  return RECORDED.filter((each) => each.table === table && each.destination.bits === destination.bits).filter(
    (each) => each.destination.length === destination.length && each.family === destination.family,
  );
}

test.each([
  '10.0.1.0/24 dev l0 proto kernel scope link src 10.0.1.1',
  '10.5.0.0/16 nexthop via 10.0.1.2 dev l0 weight 3 nexthop via 10.0.2.2 dev r0 weight 1',
  'blackhole 10.6.0.0/16',
  'unreachable 10.7.0.0/16 metric 5',
  'prohibit 10.8.0.0/16',
  '10.10.0.0/16 via fd00:1::2 dev l0 scope global',
  '10.11.0.0/16 via 192.168.9.1 dev l0 onlink',
  '10.12.0.0/16 tos 16 via 10.0.1.2 dev l0',
  'fd00:1::/64 dev l0 proto kernel metric 256',
  'fd01::/64 via fd00:1::2 dev l0',
  'fd02::/64 nexthop via fd00:1::2 dev l0 nexthop via fd00:2::2 dev r0 weight 4',
  'fd06::/64 from fd00:1::/64 via fd00:1::2 dev l0',
])('routesOf() reads what `ip route` printed for "%s"', (text) => {
  const expected = route(text);

  expect(recorded(`${expected.destination.address}/${expected.destination.length}`)).toEqual([expected]);
});

test('routesOf() reads routes of every table by its number', () => {
  expect(recorded('10.9.0.0/16', 100)).toEqual([route('throw 10.9.0.0/16 table 100')]);
  expect(recorded('0.0.0.0/0', 1000)).toEqual([route('default via 10.0.1.2 dev l0 proto 77 table 1000')]);
  expect(recorded('10.0.1.1/32', 255)).toEqual([route('local 10.0.1.1 dev l0 proto kernel scope host src 10.0.1.1')]);
});

test('routesOf() reads the default route of each family, with metric, source and MTU', () => {
  expect(recorded('0.0.0.0/0')).toEqual([
    route('default via 10.0.1.2 dev l0 proto bird src 10.0.2.1 metric 50 mtu 1400'),
  ]);
  expect(recorded('::/0')).toEqual([route('-6 default via fe80::1 dev l0 metric 99')]);
});

test('routesOf() takes a route by a nexthop object for what it comes down to', () => {
  expect(recorded('10.14.0.0/16')).toEqual([route('10.14.0.0/16 via 10.0.1.2 dev l0')]);
  expect(recorded('10.15.0.0/16')).toEqual([
    route('10.15.0.0/16 nexthop via 10.0.1.2 dev l0 nexthop via 10.0.2.2 dev r0'),
  ]);
});

test('routesOf() does not take the end of a tunnel, a second "dst" of the same object, for the destination', () => {
  const [encapsulated] = recorded('10.19.0.0/16');

  expect(encapsulated?.unmodelled).toEqual(['encap ip']);
});

test('routesOf() models no route of which the kernel names only the nexthop object', () => {
  const row = '[{"type":"1","dst":"10.0.0.0/8","nhid":9,"table":"254","protocol":"3","scope":"0","flags":[]}]';

  expect(valueIn(routesOf(namespaceWith({ route4: row, route6: '[]' })))[0]?.unmodelled).toEqual(['nhid 9']);
});

test('routesOf() models no route with an attribute that it does not know', () => {
  const row = '[{"type":"1","dst":"default","dev":"a","table":"254","newdst":"7","flags":[]}]';

  expect(valueIn(routesOf(namespaceWith({ route4: row, route6: '[]' })))[0]?.unmodelled).toEqual(['newdst']);
});

test('routesOf() reads words as well as numbers: a recording made without -N', () => {
  const row =
    '[{"type":"blackhole","dst":"10.0.0.0/8","table":"main","protocol":"static","scope":"global","flags":[]}]';

  expect(valueIn(routesOf(namespaceWith({ route4: row, route6: '[]' })))).toEqual([
    route('blackhole 10.0.0.0/8 proto static'),
  ]);
});

test.each([
  ['a destination that is none', '[{"dst":"10.0.0.0/40"}]', /0\.dst: no IP prefix/],
  ['a type that is none', '[{"type":"99","dst":"default"}]', /0\.type: no type of route/],
  ['an object', '{}', /the list: /],
  ['nothing', '', /printed no JSON/],
  ['the beginning of a list', '[{"dst":"def', /printed no JSON/],
])('routesOf() is unknown when `ip` printed %s', (_, route4, why) => {
  expect(routesOf(namespaceWith({ route4, route6: '[]' }))).toMatchObject({
    known: false,
    why: expect.stringMatching(why),
  });
});
