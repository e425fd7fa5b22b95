import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ownerText, policyRuleOwner, routeOwner, ruleOwner } from '../../src/host/owner.ts';
import type { RuleRef, Ruleset } from '../../src/host/ruleset.ts';
import { parseIptablesSave } from '../../src/recording/iptables-save.ts';
import { parseNftRuleset } from '../../src/recording/nft.ts';
import { iptables } from '../faults/rulesets.ts';
import { RECORDED } from '../helpers/hosting.ts';
import { route, rule } from '../helpers/iproute-text.ts';

function recorded(file: string): Ruleset {
  const text = readFileSync(new URL(file, RECORDED), 'utf8');
  return file.endsWith('.json')
    ? parseNftRuleset(text)
    : parseIptablesSave(text, { machinery: 'iptables-nft', family: 'ip' });
}

function rulesIn({ tables }: Ruleset): readonly RuleRef[] {
  return tables.flatMap(({ chains }) => chains.flatMap(({ rules }) => rules.map(({ ref }) => ref)));
}

function policyOf({ tables }: Ruleset, chain: string): RuleRef {
  const [table] = tables;
  if (table === undefined) throw new Error('no table');
  const { machinery, family, name } = table;
  return { machinery, family, table: name, chain, handle: undefined, position: 0, text: `-P ${chain} DROP` };
}

const BUILT_IN = /^(PREROUTING|INPUT|FORWARD|OUTPUT|POSTROUTING)$/;

test.each([
  ['docker.iptables-save', 'docker'],
  ['cni.iptables-save', 'a CNI plugin'],
  ['netavark.iptables-save', 'podman (netavark)'],
  ['ufw.iptables-save', 'ufw'],
  ['firewalld.nft.json', 'firewalld'],
  ['libvirt.iptables-save', 'libvirt'],
])('ruleOwner() knows every rule in a chain of its own of %s', (file, program) => {
  const ruleset = recorded(file);
  const own = rulesIn(ruleset).filter(({ chain }) => !BUILT_IN.test(chain));

  expect(own.length).toBeGreaterThan(4);
  expect([...new Set(own.map((rule) => ruleOwner(rule, ruleset)?.program))]).toEqual([program]);
});

test.each([
  ['docker.iptables-save', 'FORWARD', 'docker'],
  ['docker.iptables-save', 'INPUT', undefined],
  ['ufw.iptables-save', 'INPUT', 'ufw'],
  ['libvirt.iptables-save', 'FORWARD', undefined],
])('ruleOwner() says who sets the policy: %s, %s', (file, chain, program) => {
  const ruleset = recorded(file);
  const tables = ruleset.tables.filter(({ name }) => name === 'filter');

  expect(ruleOwner(policyOf({ ...ruleset, tables }, chain), ruleset)?.program).toBe(program);
});

test('ruleOwner() names both where two programs set the policy', () => {
  const ruleset = iptables(
    'filter',
    ':FORWARD DROP [0:0]',
    ':DOCKER-USER - [0:0]',
    ':ufw-before-forward - [0:0]',
    '-A FORWARD -j DOCKER-USER',
    '-A FORWARD -j ufw-before-forward',
  );

  expect(ruleOwner(policyOf(ruleset, 'FORWARD'), ruleset)).toMatchObject({
    program: 'ufw or docker',
    userChain: 'DOCKER-USER',
  });
});

test.each([
  ['-A FORWARD -j DROP', undefined],
  ['-A INPUT -s 10.0.0.1/32 -m comment --comment "wg-quick(8) rule for wg0" -j DROP', 'wg-quick'],
  ['-A POSTROUTING -m comment --comment "generated for LXD network lxdbr0" -j MASQUERADE', 'LXD or Incus'],
])('ruleOwner() tells by the comment of a rule in a chain of everybody: %s', (text, program) => {
  const [, chain = ''] = text.split(' ');
  const ruleset = iptables('filter', `:${chain} ACCEPT [0:0]`, text);
  const [rule] = rulesIn(ruleset);

  expect(rule && ruleOwner(rule, ruleset)?.program).toBe(program);
});

test.each([
  ['10.1.0.0/16 via 10.0.0.1 dev eth0 proto bird', /^bird/],
  ['default via 10.0.0.1 dev eth0 proto dhcp', /^a DHCP client/],
  ['10.1.0.0/16 via 10.0.0.1 dev eth0 proto bgp', /^FRR/],
])('routeOwner() tells by the protocol: %s', (text, program) => {
  expect(routeOwner(route(text))?.program).toMatch(program);
});

test('routeOwner() names nobody for what the kernel and people write', () => {
  expect(routeOwner(route('10.0.0.0/24 dev eth0 proto kernel'))).toBeUndefined();
  expect(routeOwner(route('10.1.0.0/16 via 10.0.0.1 dev eth0 proto static'))).toBeUndefined();
});

test.each([
  ['32764: not from all fwmark 0xca6c lookup 51820', 'wg-quick', 'table 51820, mark 0xca6c'],
  ['5270: from all lookup 52', 'tailscale', 'priority 5270'],
  ['5210: from all fwmark 0x80000/0xff0000 lookup 254', 'tailscale', 'priority 5210'],
  ['9: from all fwmark 0x200/0xf00 lookup 2004', 'cilium', 'table 2004'],
  ['99: not from all fwmark 0x100000/0x100000 lookup 1', 'calico (felix)', 'priority 99, mark 0x100000'],
  ['1024: from all fwmark 0x80/0x80 lookup 254', 'the CNI plugin of Amazon EKS', 'priority 1024, mark 0x80'],
])('policyRuleOwner() tells by numbers that are one program’s: %s', (text, program, sign) => {
  expect(policyRuleOwner(rule(text))).toMatchObject({ program, sign });
});

test('policyRuleOwner() believes the protocol first', () => {
  const made = { ...rule('5270: from all lookup 52'), madeBy: 'keepalived' };
  expect(policyRuleOwner(made)).toMatchObject({ program: 'keepalived', sign: 'proto keepalived' });
});

test.each([
  '0: from all lookup 255',
  '100: from 10.0.0.0/8 lookup 100',
  '99: from all lookup 1',
  '1024: from all lookup 2',
])('policyRuleOwner() names nobody for %s', (text) => {
  expect(policyRuleOwner(rule(text))).toBeUndefined();
});

test('ownerText() says who, the sign, when it comes back, and what lasts', () => {
  const owner = routeOwner(route('10.1.0.0/16 via 10.0.0.1 dev eth0 proto keepalived'));

  expect(owner && ownerText(owner, 'route')).toBe(
    'keepalived probably put this route there (proto keepalived), and writes it again when it becomes master; what lasts: virtual_routes in keepalived.conf',
  );
});
