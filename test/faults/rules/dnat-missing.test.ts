import { expect, test } from 'vitest';
import { dnatMissing } from '../../../src/faults/rules/dnat-missing.ts';
import type { Host } from '../../../src/host/host.ts';
import { after, codesOf, commandsFor, endOf, findBy } from '../diagnose.ts';
import { iptables } from '../rulesets.ts';
import { behindBridge } from '../worlds.ts';

const LEAD = '-p tcp -m tcp --dport 8080 -j DNAT --to-destination 192.168.10.11:80';
const HOOKS = [':PREROUTING ACCEPT [0:0]', ':OUTPUT ACCEPT [0:0]', ':POSTROUTING ACCEPT [0:0]'];

/** The host of 203.0.113.1 before ns1, in which a service listens on port 80. */
function publishing(...rules: readonly string[]): Host {
  const ruleset = iptables('nat', ...HOOKS, ...rules);
  return behindBridge({
    host: { ruleset, sysctls: { 'net/ipv4/ip_forward': 1 } },
    ns1: { sockets: ['tcp 0.0.0.0:80'] },
  });
}

test('dnat-missing puts the rule of PREROUTING into OUTPUT for what the namespace sends itself', () => {
  const host = publishing(`-A PREROUTING -d 203.0.113.1/32 ${LEAD}`);
  const question = 'host tcp 203.0.113.1 8080';
  const [finding] = findBy(dnatMissing, host, question);
  expect(finding).toMatchObject({ code: 'dnat-missing', netns: 'host', device: undefined, leg: 'request' });
  expect(finding?.what).toContain('what translates it stands where packets come in only');
  expect(commandsFor(host, finding)).toEqual([
    'iptables -t nat -A OUTPUT -d 203.0.113.1/32 -p tcp --dport 8080 -j DNAT --to-destination 192.168.10.11:80',
  ]);
  expect(endOf(after(host, finding?.repairs[0]), question)).toBe('answered');
  expect(codesOf(host, question)).toEqual(['dnat-missing']);
});

test.each([
  ['-i up0', 'in device up0'],
  ['! -i br0', 'in device not br0'],
])('dnat-missing says that %s keeps those inside from being led there', (device, asksFor) => {
  const host = publishing(`-A PREROUTING ${device} ${LEAD}`);
  const [finding] = findBy(dnatMissing, host, 'ns1 tcp 203.0.113.1 8080');
  expect(finding).toMatchObject({ netns: 'host', device: 'br0' });
  expect(finding?.what).toContain(`asks for ${asksFor}`);
  expect(commandsFor(host, finding)).toEqual([
    'iptables -t nat -A PREROUTING -d 203.0.113.1/32 -p tcp --dport 8080 -j DNAT --to-destination 192.168.10.11:80',
  ]);
});

test('dnat-missing goes ahead of an earlier rule that takes the packet', () => {
  const host = publishing('-A PREROUTING -s 203.0.113.0/24 -j RETURN', `-A PREROUTING ${LEAD}`);
  const question = 'wan tcp 203.0.113.1 8080';
  const [finding] = findBy(dnatMissing, host, question);
  expect(finding?.what).toContain('an earlier rule takes it');
  expect(commandsFor(host, finding)).toEqual([
    'iptables -t nat -I PREROUTING 1 -d 203.0.113.1/32 -p tcp --dport 8080 -j DNAT --to-destination 192.168.10.11:80',
  ]);
  expect(endOf(after(host, finding?.repairs[0]), question)).toBe('answered');
});

test('dnat-missing blames a rule that keeps the packet from connection tracking, and lets it by or deletes it', () => {
  const untracking = [
    'COMMIT',
    '*raw',
    ':PREROUTING ACCEPT [0:0]',
    '-A PREROUTING -p tcp -m tcp --dport 8080 -j CT --notrack',
  ];
  const host = publishing(`-A PREROUTING ${LEAD}`, ...untracking);
  const question = 'wan tcp 203.0.113.1 8080';
  const [finding] = findBy(dnatMissing, host, question);
  expect(finding?.what).toContain(
    'iptables-nft): -A PREROUTING -p tcp -m tcp --dport 8080 -j CT --notrack keeps it from',
  );
  expect(commandsFor(host, finding)[0]).toMatch(/^iptables -t raw -I PREROUTING 1 .* --dport 8080 -j ACCEPT$/);
  for (const repair of finding?.repairs ?? []) expect(endOf(after(host, repair), question)).toBe('answered');
  expect(finding?.repairs).toHaveLength(2);
});

test('dnat-missing for 127.0.0.1 lets it leave the namespace as well, with another source', () => {
  const host = publishing(`-A PREROUTING -d 203.0.113.1/32 ${LEAD}`, `-A OUTPUT -d 203.0.113.1/32 ${LEAD}`);
  const question = 'host tcp 127.0.0.1 8080';
  const [finding] = findBy(dnatMissing, host, question);
  expect(commandsFor(host, finding)).toEqual([
    'iptables -t nat -A OUTPUT -d 127.0.0.1/32 -p tcp --dport 8080 -j DNAT --to-destination 192.168.10.11:80',
    'sysctl -w net/ipv4/conf/br0/route_localnet=1',
    'iptables -t nat -A POSTROUTING -s 127.0.0.0/8 -d 192.168.10.11/32 -o br0 -j MASQUERADE',
  ]);
  expect(endOf(after(host, finding?.repairs[0]), question)).toBe('answered');
});

test.each([
  ['another port', '-A PREROUTING -p tcp -m tcp --dport 8081 -j DNAT --to-destination 192.168.10.11:80'],
  ['another protocol', '-A PREROUTING -p udp -m udp --dport 8080 -j DNAT --to-destination 192.168.10.11:80'],
  ['no port and no address of ours', '-A PREROUTING -i tun0 -j DNAT --to-destination 192.168.10.11'],
])('dnat-missing leaves it to no-listener where the rule is about %s', (_, rule) => {
  const host = publishing(rule);
  expect(findBy(dnatMissing, host, 'wan tcp 203.0.113.1 8080')).toEqual([]);
  expect(codesOf(host, 'wan tcp 203.0.113.1 8080')).toEqual(['no-listener']);
});

/** Nothing names the port; ns1 is hidden by the source translation of the host. */
function hiding(sockets: readonly string[], postrouting = ['-A POSTROUTING -s 192.168.10.0/24 -o up0 -j MASQUERADE']) {
  return behindBridge({
    host: { ruleset: iptables('nat', ...HOOKS, ...postrouting), sysctls: { 'net/ipv4/ip_forward': 1 } },
    ns1: { sockets },
  });
}

test('dnat-missing leads to the one service that the namespace hides, and says who can reach it then', () => {
  const host = hiding(['tcp 0.0.0.0:8080']);
  const question = 'wan tcp 203.0.113.1 8080';
  const [finding] = findBy(dnatMissing, host, question);
  expect(finding).toMatchObject({ netns: 'host', device: 'up0' });
  expect(finding?.what).toContain('what listens on tcp port 8080 is 192.168.10.11:8080, behind it');
  expect(finding?.repairs[0]?.sideEffects).toBe('Everybody who reaches 203.0.113.1 then reaches that service');
  expect(commandsFor(host, finding)).toEqual([
    'iptables -t nat -A PREROUTING -d 203.0.113.1/32 -p tcp --dport 8080 -j DNAT --to-destination 192.168.10.11',
  ]);
  expect(endOf(after(host, finding?.repairs[0]), question)).toBe('answered');
  expect(codesOf(host, question)).toEqual(['dnat-missing']);
});

test.each([
  ['listens on another port', hiding(['tcp 0.0.0.0:80'])],
  ['listens where nobody else reaches it', hiding(['tcp 127.0.0.1:8080'])],
  ['is not hidden, because nothing is translated', hiding(['tcp 0.0.0.0:8080'], [])],
])('dnat-missing is silent about a service that %s', (_, host) => {
  expect(codesOf(host, 'wan tcp 203.0.113.1 8080')).toEqual(['no-listener']);
});

test('dnat-missing is silent for those inside, who ask the service itself', () => {
  expect(codesOf(hiding(['tcp 0.0.0.0:8080']), 'ns1 tcp 203.0.113.1 8080')).toEqual(['no-listener']);
});
