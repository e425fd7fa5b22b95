import { expect, test } from 'vitest';
import type { FilterPlace, TrafficSelector } from '../../src/host/edit.ts';
import type { DeviceName, NetnsName } from '../../src/host/link.ts';
import type { FilterRule, Machinery, RuleRef, Ruleset, RulesetTable, TableFamily } from '../../src/host/ruleset.ts';
import { addNat, deleteRule, insertAccept } from '../../src/host/ruleset-edit.ts';
import { parsePrefix } from '../../src/net/prefix.ts';

const SOURCE = parsePrefix('10.0.1.0/24');
const TRAFFIC: TrafficSelector = {
  family: 'inet',
  ...(SOURCE && { source: SOURCE }),
  inDevice: 'eth0' as DeviceName,
  outDevice: 'eth1' as DeviceName,
  protocol: 'tcp',
  destPort: 80,
};

function ref(
  machinery: Machinery,
  family: TableFamily,
  chain: string,
  position: number,
  text = `rule ${position}`,
): RuleRef {
  return {
    machinery,
    family,
    table: 'filter',
    chain,
    handle: machinery === 'nft' ? position + 10 : undefined,
    position,
    text,
  };
}

/** A table with one chain that holds rules of these positions, `1 1 2` being two parts of one. */
function tableOf(machinery: Machinery, family: TableFamily, chain: string, positions: readonly number[]): RulesetTable {
  const rules = positions.map(
    (position): FilterRule => ({
      ref: ref(machinery, family, chain, position),
      matches: [],
      statements: [{ kind: 'drop' }],
      packets: undefined,
    }),
  );
  const base = { type: 'filter', hook: 'forward', priority: 0, policy: 'drop', devices: [] } as const;
  return { machinery, family, name: 'filter', chains: [{ name: chain, base, rules }] };
}

function rulesetOf(...tables: readonly RulesetTable[]): Ruleset {
  return { tables, unread: [] };
}

function texts(ruleset: Ruleset, table = 0): readonly string[] {
  return (ruleset.tables[table]?.chains[0]?.rules ?? []).map((rule) => `${rule.ref.position} ${rule.ref.text}`);
}

function place(machinery: Machinery, family: TableFamily, chain: string, before: RuleRef | undefined): FilterPlace {
  return { machinery, family, table: 'filter', chain, hook: 'forward', before };
}

const ACCEPT = '-A FORWARD -s 10.0.1.0/24 -i eth0 -o eth1 -p tcp -m tcp --dport 80 -j ACCEPT';

test.each([
  ['ahead of a rule', ref('iptables-nft', 'ip', 'FORWARD', 2), ['1 rule 1', `2 ${ACCEPT}`, '3 rule 2']],
  ['at the end, ahead of the policy', ref('iptables-nft', 'ip', 'FORWARD', 0), ['1 rule 1', '2 rule 2', `3 ${ACCEPT}`]],
  ['at the head', undefined, [`1 ${ACCEPT}`, '2 rule 1', '3 rule 2']],
])('insertAccept() puts the rule %s', (_, before, rules) => {
  const ruleset = rulesetOf(tableOf('iptables-nft', 'ip', 'FORWARD', [1, 2]));

  expect(
    texts(insertAccept(ruleset, { place: place('iptables-nft', 'ip', 'FORWARD', before), traffic: TRAFFIC })),
  ).toEqual(rules);
});

test('insertAccept() goes ahead of all parts of a rule that decides by a map', () => {
  const ruleset = rulesetOf(tableOf('nft', 'inet', 'f', [1, 2, 2]));
  const edited = insertAccept(ruleset, {
    place: place('nft', 'inet', 'f', ref('nft', 'inet', 'f', 2)),
    traffic: TRAFFIC,
  });

  expect(texts(edited)).toEqual([
    '1 rule 1',
    '2 iifname "eth0" oifname "eth1" ip saddr 10.0.1.0/24 tcp dport 80 accept',
    '3 rule 2',
    '3 rule 2',
  ]);
});

test('insertAccept() leaves out devices that the hook does not have', () => {
  const ruleset = rulesetOf(tableOf('iptables-legacy', 'ip', 'INPUT', []));
  const at: FilterPlace = { ...place('iptables-legacy', 'ip', 'INPUT', undefined), hook: 'input' };

  expect(texts(insertAccept(ruleset, { place: at, traffic: TRAFFIC }))[0]).not.toContain('-o');
});

test('insertAccept() tells the tables of nft and of iptables-legacy apart, and not those of nft and iptables-nft', () => {
  const ruleset = rulesetOf(
    tableOf('iptables-legacy', 'ip', 'FORWARD', [1]),
    tableOf('iptables-nft', 'ip', 'FORWARD', [1]),
  );
  const edited = insertAccept(ruleset, { place: place('nft', 'ip', 'FORWARD', undefined), traffic: TRAFFIC });

  expect(texts(edited, 0)).toHaveLength(1);
  expect(texts(edited, 1)).toHaveLength(2);
});

test('deleteRule() takes all parts of the rule out and moves the others up', () => {
  const ruleset = rulesetOf(tableOf('nft', 'inet', 'f', [1, 2, 2, 3]));

  expect(texts(deleteRule(ruleset, { rule: ref('nft', 'inet', 'f', 2) }))).toEqual(['1 rule 1', '2 rule 3']);
});

test('deleteRule() refuses to delete a policy', () => {
  expect(() => deleteRule(rulesetOf(), { rule: ref('nft', 'inet', 'f', 0) })).toThrow(RangeError);
});

test.each([
  ['iptables-nft', 'iptables-nft ip nat POSTROUTING'],
  ['iptables-legacy', 'iptables-legacy ip nat POSTROUTING'],
  ['nft', 'nft ip nsdiag postrouting'],
] as const)('addNat() makes the chain of %s where there is none', (machinery, where) => {
  const [table] = addNat(rulesetOf(), {
    netns: 'ns1' as NetnsName,
    kind: 'masquerade',
    machinery,
    traffic: TRAFFIC,
    before: undefined,
  }).tables;
  const [chain] = table?.chains ?? [];

  expect(`${table?.machinery} ${table?.family} ${table?.name} ${chain?.name}`).toBe(where);
  expect(chain?.base).toMatchObject({ type: 'nat', hook: 'postrouting', priority: 100 });
  expect(chain?.rules[0]?.statements).toEqual([{ kind: 'masquerade', ports: undefined }]);
});
