import { expect, test } from 'vitest';
import { fdbOf } from '../../src/recording/fdb.ts';
import { fdbEntry } from '../helpers/iproute-text.ts';
import { fixture, namespaceOf, namespaceWith, valueIn } from './recorded.ts';

const RECORDED = valueIn(fdbOf(namespaceOf(fixture('odd-router'), 'router')));

test.each([
  '02:00:00:00:99:02 dev p0 master br0 static',
  '02:00:00:00:99:03 dev p0 master br0 permanent',
  '02:00:00:00:99:07 dev p0 master br0',
  '00:00:00:00:00:00 dev vx0 dst 10.0.2.2 self permanent',
  '00:00:00:00:00:00 dev vx0 dst 10.0.2.3 port 4000 vni 7 self permanent',
  '00:00:00:00:00:00 dev vx4 dst fd00:2::2 self permanent',
])('fdbOf() reads what `bridge fdb` printed for "%s"', (text) => {
  expect(RECORDED).toContainEqual(fdbEntry(text));
});

test('fdbOf() leaves out the addresses that a device accepts for itself: they lead nowhere', () => {
  expect(RECORDED.filter(({ mac }) => mac === '02:00:00:00:99:05' || mac.startsWith('33:33'))).toEqual([]);
});

test('fdbOf() keeps an entry that leads to a nexthop object, by its number', () => {
  const row = '[{"mac":"02:00:00:00:00:01","ifname":"vx0","nhid":5,"flags":["self"],"state":"static"}]';

  expect(valueIn(fdbOf(namespaceWith({ fdb: row })))[0]?.flags).toEqual(['self', 'nhid 5']);
});

test('fdbOf() is unknown without bridge(8)', () => {
  const fdb = fdbOf(namespaceWith({ fdb: { command: ['bridge', '-j', 'fdb', 'show'], exitCode: null } }));

  expect(fdb).toEqual({ known: false, why: 'bridge is not installed' });
});
