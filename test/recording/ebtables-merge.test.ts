/** What nft lists of ebtables-nft's rules, and what ebtables-nft-save says of the same: as both print it, shortened. */

import { expect, test } from 'vitest';
import type { FilterRule } from '../../src/host/ruleset.ts';
import { mergeEbtables } from '../../src/recording/ebtables-merge.ts';
import { parseNftRuleset } from '../../src/recording/nft.ts';

const xt = (name: string, type = 'match') => ({ xt: { type, name } });
const COUNTER = { counter: { packets: 0, bytes: 0 } };
const IPV4 = { match: { op: '==', left: { payload: { protocol: 'ether', field: 'type' } }, right: 'ip' } };

function listed(...rules: readonly (readonly unknown[])[]) {
  const at = { family: 'bridge', table: 'filter' };
  const base = { type: 'filter', hook: 'forward', prio: -200, policy: 'accept' };
  const nftables = [
    { table: { family: 'bridge', name: 'filter', handle: 1 } },
    { chain: { ...at, name: 'FORWARD', handle: 1, ...base } },
    ...rules.map((expr, index) => ({ rule: { ...at, chain: 'FORWARD', handle: index + 2, expr } })),
  ];
  return parseNftRuleset(JSON.stringify({ nftables })).tables;
}

function merged(tables: ReturnType<typeof listed>, ...saved: readonly string[]): readonly FilterRule[] {
  const text = ['*filter', ':INPUT ACCEPT', ':FORWARD ACCEPT', ...saved.map((rule) => `[0:0] ${rule}`)].join('\n');
  return mergeEbtables(tables, text).flatMap(({ chains }) => chains.flatMap(({ rules }) => rules));
}

const isOpaque = ({ matches, statements }: FilterRule) =>
  [...matches, ...statements].some(({ kind }) => kind === 'unmodelled');

test('mergeEbtables() takes the options of an extension from ebtables, and all else from nft', () => {
  const rule = '-A FORWARD -p IPv4 --ip-src ! 10.0.0.0/8 --ip-proto tcp --ip-dport 80:90 -j DROP';
  const [only] = merged(listed([IPV4, xt('ip'), COUNTER, { drop: null }]), rule);
  expect(only).toMatchObject({
    ref: { machinery: 'nft', handle: 2, text: rule },
    matches: [
      { kind: 'family', families: ['inet'] },
      { kind: 'address', side: 'source', negate: true },
      { kind: 'protocol', negate: false, protocols: [6] },
      { kind: 'port', side: 'destination', ranges: [[80, 90]] },
    ],
    statements: [{ kind: 'no-effect' }, { kind: 'drop' }],
  });
});

test('mergeEbtables() reads a target that changes the mark, and names one that it does not know', () => {
  const rules = merged(
    listed([COUNTER, xt('mark', 'target')], [COUNTER, xt('dnat', 'target')]),
    '-A FORWARD -j mark --mark-or 0x5 --mark-target RETURN',
    '-A FORWARD -j dnat --to-dst 02:00:00:00:00:09 --dnat-target ACCEPT',
  );
  expect(rules.map(({ statements }) => statements.slice(1))).toEqual([
    [{ kind: 'set-mark', of: 'packet', value: 5, mask: 5 }, { kind: 'return' }],
    [{ kind: 'unmodelled', text: '-j dnat --to-dst 02:00:00:00:00:09 --dnat-target ACCEPT' }],
  ]);
});

test('mergeEbtables() is not led astray by what stands in a log prefix', () => {
  const rules = merged(
    listed([xt('log', 'watcher'), COUNTER]),
    '-A FORWARD --log-level notice --log-prefix "--ip-src 10.0.0.1 -j DROP" -j CONTINUE',
  );
  expect(rules).toMatchObject([{ matches: [], statements: [{ kind: 'no-effect' }] }]);
});

test.each<[string, readonly string[]]>([
  ['there are not as many rules', []],
  ['there is another extension', ['-A FORWARD --pkttype-type multicast -j DROP']],
  ['there is one extension more', ['-A FORWARD -p IPv4 --ip-src 10.0.0.1 --mark 0x1 -j DROP']],
  ['the option is not modelled', ['-A FORWARD -p IPv4 --ip-tos 0x10 -j DROP']],
  ['a value is no number', ['-A FORWARD -p IPv4 --ip-proto tcp --ip-dport http -j DROP']],
])('mergeEbtables() leaves a rule undecided where %s', (_, saved) => {
  const [rule, ...more] = merged(listed([IPV4, xt('ip'), COUNTER, { drop: null }]), ...saved);
  expect(more).toEqual([]);
  expect(rule && isOpaque(rule)).toBe(true);
});

test('mergeEbtables() leaves a rule undecided where only one of its two extensions is the same', () => {
  const tables = listed([IPV4, xt('ip'), xt('mark_m'), COUNTER, { drop: null }]);
  const [rule] = merged(tables, '-A FORWARD -p IPv4 --ip-src 10.0.0.1 --pkttype-type multicast -j DROP');
  expect(rule && isOpaque(rule)).toBe(true);
  const [same] = merged(tables, '-A FORWARD -p IPv4 --ip-src 10.0.0.1 --mark 0x1 -j DROP');
  expect(same && isOpaque(same)).toBe(false);
});
