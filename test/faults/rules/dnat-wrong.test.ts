import { expect, test } from 'vitest';
import { dnatWrong } from '../../../src/faults/rules/dnat-wrong.ts';
import type { Host } from '../../../src/host/host.ts';
import { hostOf } from '../../helpers/build-host.ts';
import { after, codesOf, commandsFor, endOf, findBy } from '../diagnose.ts';
import { iptables } from '../rulesets.ts';
import { behindBridge } from '../worlds.ts';

const QUESTION = 'wan tcp 203.0.113.1 8080';

function publishing(to: string, sockets: readonly string[], ...more: readonly string[]): Host {
  const hooks = [':PREROUTING ACCEPT [0:0]', ':OUTPUT ACCEPT [0:0]', ':POSTROUTING ACCEPT [0:0]'];
  const rule = (chain: string) => `-A ${chain} -p tcp -m tcp --dport 8080 -j DNAT --to-destination ${to}`;
  const ruleset = iptables('nat', ...hooks, rule('PREROUTING'), rule('OUTPUT'), ...more);
  return behindBridge({ host: { ruleset, sysctls: { 'net/ipv4/ip_forward': 1 } }, ns1: { sockets } });
}

test.each([
  ['a port on which nothing listens', '192.168.10.11:8000', 'where nothing listens; what listens is 192.168.10.11:80'],
  ['an address that nobody has', '192.168.10.12:80', 'an address that nobody has'],
])('dnat-wrong names %s, and leads to the one service there', (_, to, what) => {
  const host = publishing(to, ['tcp 0.0.0.0:80']);
  const [finding] = findBy(dnatWrong, host, QUESTION);
  expect(finding).toMatchObject({ code: 'dnat-wrong', netns: 'host', leg: 'request' });
  expect(finding?.what).toContain(what);
  expect(commandsFor(host, finding)).toEqual([
    'iptables -t nat -I PREROUTING 1 -d 203.0.113.1/32 -p tcp --dport 8080 -j DNAT --to-destination 192.168.10.11:80',
  ]);
  for (const repair of finding?.repairs ?? []) expect(endOf(after(host, repair), QUESTION)).toBe('answered');
  expect(finding?.repairs).toHaveLength(2);
  expect(codesOf(host, QUESTION)).toEqual(['dnat-wrong']);
});

test('dnat-wrong knows no command where it cannot tell which service is meant', () => {
  const [finding] = findBy(dnatWrong, publishing('192.168.10.11:8000', ['tcp 0.0.0.0:80', 'tcp *:443']), QUESTION);
  expect(finding?.what).toContain('what listens is 192.168.10.11:80, 192.168.10.11:443');
  expect(finding?.repairs).toEqual([]);
  const nobody = findBy(dnatWrong, publishing('192.168.10.12:80', []), QUESTION);
  expect(nobody).toMatchObject([{ code: 'dnat-wrong', repairs: [] }]);
});

test('dnat-wrong leads to the port that was asked where the service listens on it, if on another address', () => {
  const host = publishing('192.168.10.11:8081', ['tcp 127.0.0.1:8080']);
  const [finding] = findBy(dnatWrong, host, QUESTION);
  expect(finding?.what).toContain('where nothing listens; what listens is 127.0.0.1:8080');
  expect(codesOf(after(host, finding?.repairs[0]), QUESTION)).toEqual(['listener-elsewhere']);
  expect(codesOf(publishing('192.168.10.11:8081', ['udp 127.0.0.1:8080']), QUESTION)).toEqual(['no-listener']);
});

test('dnat-wrong lets what is sent to 127.0.0.1 leave with the address of the device', () => {
  const host = publishing('192.168.10.11:80', ['tcp 0.0.0.0:80']);
  const question = 'host tcp 127.0.0.1 8080';
  const [finding] = findBy(dnatWrong, host, question);
  expect(commandsFor(host, finding)).toEqual([
    'sysctl -w net/ipv4/conf/br0/route_localnet=1',
    'iptables -t nat -A POSTROUTING -s 127.0.0.0/8 -d 192.168.10.11/32 -o br0 -j MASQUERADE',
  ]);
  expect(endOf(after(host, finding?.repairs[0]), question)).toBe('answered');
});

test('dnat-wrong masquerades for who asks for its own published port', () => {
  const host = publishing('192.168.10.11:80', ['tcp 0.0.0.0:80']);
  const question = 'ns1 tcp 203.0.113.1 8080';
  const [finding] = findBy(dnatWrong, host, question);
  expect(finding).toMatchObject({ netns: 'host', device: 'br0' });
  expect(commandsFor(host, finding)).toEqual([
    'iptables -t nat -A POSTROUTING -s 192.168.10.0/24 -d 192.168.10.11/32 -o br0 -j MASQUERADE',
  ]);
  expect(endOf(after(host, finding?.repairs[0]), question)).toBe('answered');
});

test.each([
  ['nothing listens there, nor anywhere near', [], 'no-listener'],
  ['only SSH listens there', ['tcp 0.0.0.0:22'], 'no-listener'],
  ['the service listens on 127.0.0.1 alone', ['tcp 127.0.0.1:80'], 'listener-elsewhere'],
] as const)('dnat-wrong does not blame the rule where %s', (_, sockets, code) => {
  const host = publishing('192.168.10.11:80', sockets);
  expect(findBy(dnatWrong, host, QUESTION)).toEqual([]);
  expect(codesOf(host, QUESTION)).toEqual([code]);
});

test('dnat-wrong translates the source, too, of what br_netfilter leads back by the port that it came in by', () => {
  const host = hostOf({
    r: {
      links: {
        br0: { kind: 'bridge', addresses: ['10.0.0.254/24'] },
        pb: { peer: 'b:e', master: 'br0', port: { hairpin: true } },
      },
      sysctls: { 'net/ipv4/ip_forward': 1, 'net/bridge/bridge-nf-call-iptables': 1 },
      ruleset: iptables(
        'nat',
        ':PREROUTING ACCEPT [0:0]',
        ':POSTROUTING ACCEPT [0:0]',
        '-A PREROUTING -p tcp -m tcp --dport 8080 -j DNAT --to-destination 10.0.0.2:80',
      ),
    },
    b: { links: { e: { addresses: ['10.0.0.2/24'] } }, sockets: ['tcp 0.0.0.0:80'] },
  });
  const question = 'b tcp 10.0.0.254 8080';
  expect(codesOf(host, question)).toEqual(['dnat-wrong']);
  const [finding] = findBy(dnatWrong, host, question);
  expect(commandsFor(host, finding)).toEqual([
    'ip netns exec r iptables -t nat -A POSTROUTING -s 10.0.0.0/24 -d 10.0.0.2/32 -o br0 -j MASQUERADE',
  ]);
  expect(endOf(after(host, finding?.repairs[0]), question)).toBe('answered');
});
