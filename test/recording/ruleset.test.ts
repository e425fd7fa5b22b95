import { expect, test } from 'vitest';
import type { FilterRule, RulesetTable } from '../../src/host/ruleset.ts';
import { rulesetOf } from '../../src/recording/ruleset.ts';
import { fixture, namespaceOf, namespaceWith, valueIn } from './recorded.ts';

const RECORDED = namespaceOf(fixture('three-firewalls'), 'fw');
const RULESET = valueIn(rulesetOf(RECORDED));

function table(machinery: string, family: string, name: string): RulesetTable {
  const found = RULESET.tables.filter((each) => each.name === name && each.family === family);
  const [only, ...more] = found.filter((each) => each.machinery === machinery);
  if (only === undefined || more.length > 0) throw new Error(`${found.length} tables ${family} ${name}`);
  return only;
}

function rules(of: RulesetTable, chain: string): readonly FilterRule[] {
  return of.chains.find(({ name }) => name === chain)?.rules ?? [];
}

test('rulesetOf() tells every table once, as the program that made it', () => {
  expect(RULESET.unread).toEqual([]);
  expect(RULESET.tables.map(({ machinery, family, name }) => `${machinery} ${family} ${name}`)).toEqual([
    'iptables-nft ip filter',
    'iptables-nft ip nat',
    'iptables-nft ip6 filter',
    'nft inet own',
    'nft ip raw',
    'iptables-legacy ip filter',
  ]);
});

test('rulesetOf() reads the extensions of iptables, which are opaque to nft, with the handles that only nft knows', () => {
  const [established, web, dropped] = rules(table('iptables-nft', 'ip', 'filter'), 'FORWARD');

  expect(established?.matches).toEqual([{ kind: 'ct-state', negate: false, states: ['related', 'established'] }]);
  expect(web?.matches).toContainEqual(
    expect.objectContaining({
      kind: 'port',
      ranges: [
        [80, 80],
        [443, 443],
      ],
    }),
  );
  expect(web?.ref.text).toContain('--dports 80,443');
  expect(dropped?.statements).toContainEqual({ kind: 'drop' });
  for (const rule of [established, web, dropped]) {
    expect(rule?.ref).toMatchObject({ machinery: 'iptables-nft', handle: expect.any(Number) });
  }
});

test('rulesetOf() does not believe iptables-nft-save about a rule that nft wrote: it tells only half of it', () => {
  expect(RECORDED.outputs['iptables-nft']?.stdout).toContain('-A FORWARD -s 1.2.3.4/32 -p tcp -j DROP');

  const written = rules(table('iptables-nft', 'ip', 'filter'), 'FORWARD').at(-1);

  expect(written?.ref).toMatchObject({ machinery: 'nft', position: 4 });
  expect(written?.matches).toContainEqual(
    expect.objectContaining({
      kind: 'port',
      ranges: [
        [80, 80],
        [90, 90],
      ],
    }),
  );
});

test('rulesetOf() does not believe iptables-nft-save about chains that do not exist', () => {
  expect(RECORDED.outputs['iptables-nft']?.stdout).toContain(':OUTPUT ACCEPT');
  expect(table('iptables-nft', 'ip', 'filter').chains.map(({ name }) => name)).toEqual(['FORWARD']);
});

test('rulesetOf() leaves a table to nft that has a name of iptables and was not made by it', () => {
  expect(rules(table('nft', 'ip', 'raw'), 'mine')).toMatchObject([{ ref: { machinery: 'nft' } }]);
});

test('rulesetOf() reads legacy tables beside the others', () => {
  expect(rules(table('iptables-legacy', 'ip', 'filter'), 'FORWARD')).toMatchObject([
    { statements: [{ kind: 'drop' }] },
  ]);
});

const NO_NFT = { command: ['nft', '-j', 'list', 'ruleset'], exitCode: null };
const NO_IPTABLES = { command: ['iptables-nft-save', '-c'], exitCode: null };
const EMPTY_NFT = '{"nftables": [{"metainfo": {"version": "1.0.6"}}]}';
const NO_LEGACY = { 'iptables-names': '', 'ip6tables-names': '' };
const SAVED = { 'iptables-nft': '', 'ip6tables-nft': '' };
const MISSING = { 'iptables-nft': NO_IPTABLES, 'ip6tables-nft': NO_IPTABLES };

test('rulesetOf() knows that there are no rules when nobody lists any', () => {
  expect(valueIn(rulesetOf(namespaceWith({ nft: EMPTY_NFT, ...SAVED, ...NO_LEGACY })))).toEqual({
    tables: [],
    unread: [],
  });
});

test('rulesetOf() misses nothing without iptables where nft lists no table of it', () => {
  expect(valueIn(rulesetOf(namespaceWith({ nft: EMPTY_NFT, ...MISSING, ...NO_LEGACY }))).unread).toEqual([]);
});

test('rulesetOf() says what it misses without iptables where nft lists a table of it', () => {
  const { nft = { stdout: '' } } = RECORDED.outputs;
  const { unread } = valueIn(rulesetOf(namespaceWith({ nft, ...MISSING, ...NO_LEGACY })));

  expect(unread).toEqual([
    { machinery: 'iptables-nft', family: 'ip', why: 'iptables-nft-save is not installed' },
    { machinery: 'iptables-nft', family: 'ip6', why: 'iptables-nft-save is not installed' },
  ]);
});

test('rulesetOf() says that nft rules may be there when nft is not installed', () => {
  expect(valueIn(rulesetOf(namespaceWith({ nft: NO_NFT, ...SAVED, ...NO_LEGACY }))).unread).toEqual([
    { machinery: 'nft', family: undefined, why: 'nft is not installed' },
  ]);
});

test('rulesetOf() is unknown when nothing at all could be read', () => {
  const denied = { command: ['cat', '/proc/net/ip_tables_names'], exitCode: 1, stderr: 'Permission denied' };
  const nothing = { nft: NO_NFT, ...MISSING, 'iptables-names': denied, 'ip6tables-names': denied };

  expect(rulesetOf(namespaceWith(nothing))).toEqual({
    known: false,
    why: 'nft is not installed; iptables-nft-save is not installed; "cat /proc/net/ip_tables_names" ended with exit code 1: Permission denied',
  });
});

test('rulesetOf() says that legacy rules may be there when nobody may see which tables are loaded', () => {
  const denied = { command: ['cat', '/proc/net/ip_tables_names'], exitCode: 1, stderr: 'Permission denied' };
  const names = { 'iptables-names': denied, 'ip6tables-names': '' };

  expect(valueIn(rulesetOf(namespaceWith({ nft: EMPTY_NFT, ...SAVED, ...names }))).unread).toMatchObject([
    { machinery: 'iptables-legacy', family: 'ip' },
  ]);
});

test('rulesetOf() knows that a kernel without legacy iptables has no legacy rules', () => {
  const absent = { exitCode: 1, stderr: 'cat: /proc/net/ip_tables_names: No such file or directory' };
  const names = { 'iptables-names': absent, 'ip6tables-names': absent };

  expect(valueIn(rulesetOf(namespaceWith({ nft: EMPTY_NFT, ...SAVED, ...names }))).unread).toEqual([]);
});

test('rulesetOf() says so when a legacy table is loaded and cannot be listed', () => {
  const names = { 'iptables-names': 'filter\n', 'ip6tables-names': '' };
  const legacy = { command: ['iptables-legacy-save', '-c'], exitCode: null };
  const outputs = { nft: EMPTY_NFT, ...SAVED, ...names, 'iptables-legacy': legacy };

  expect(valueIn(rulesetOf(namespaceWith(outputs))).unread).toEqual([
    { machinery: 'iptables-legacy', family: 'ip', why: 'iptables-legacy-save is not installed' },
  ]);
});
