import { expect, test } from 'vitest';
import type { RuleRef } from '../../../src/host/ruleset.ts';
import { describeMatch, describeRule } from '../../../src/walk/netfilter/describe.ts';
import { iptablesRules, nftFixture } from './hook.ts';

test.each([
  ['-s 192.168.11.0/24', 'source 192.168.11.0/24'],
  ['! -d 10.0.0.1/32', 'destination not 10.0.0.1'],
  ['! -o eth+', 'out device not eth*'],
  ['-p tcp', 'protocol tcp'],
  ['-p 200', 'protocol 200'],
  ['-m multiport --dports 80,443:445', 'destination port 80, 443-445'],
  ['-m conntrack ! --ctstate NEW,DNAT', 'not ct state new or ct status dnat'],
  ['-m mark --mark 0x1/0xff', 'mark 0x1/0xff'],
  ['-m iprange --src-range 10.0.0.1-10.0.0.9', 'source 10.0.0.1-10.0.0.9'],
  ['-m physdev --physdev-in pa', 'in bridge port pa'],
  ['-m icmp --icmp-type 3/4', 'ICMP type 3 code 4'],
  ['-m set --match-set x src', '-m set --match-set x src'],
])('describeMatch() puts %s into words', (rule, words) => {
  const [match] = iptablesRules('filter', [`-A FORWARD ${rule}`]).tables[0]?.chains[1]?.rules[0]?.matches ?? [];

  expect(match && describeMatch(match)).toBe(words);
});

test('describeMatch() has words for everything that nft can ask', () => {
  const matches = nftFixture('every-expression').tables.flatMap(({ chains }) =>
    chains.flatMap(({ rules }) => rules.flatMap((rule) => rule.matches)),
  );

  expect(matches.length).toBeGreaterThan(200);
  for (const match of matches) expect(describeMatch(match)).toMatch(/\S/);
});

test.each<[Partial<RuleRef>, string]>([
  [{}, 'rule 3 of iptables-nft ip filter FORWARD'],
  [{ position: 0 }, 'the policy of iptables-nft ip filter FORWARD'],
  [{ machinery: 'nft', handle: 7 }, 'rule handle 7 of nft ip filter FORWARD'],
  [{ machinery: 'nft' }, 'rule 3 of nft ip filter FORWARD'],
])('describeRule() says where a rule %j stands', (change, words) => {
  const rule: RuleRef = {
    machinery: 'iptables-nft',
    family: 'ip',
    table: 'filter',
    chain: 'FORWARD',
    handle: undefined,
    position: 3,
    text: '',
  };

  expect(describeRule({ ...rule, ...change })).toBe(words);
});
