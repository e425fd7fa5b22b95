import { expect, test } from 'vitest';
import { policyRule } from '../../../src/faults/rules/policy-rule.ts';
import { hostOf, type NetnsSpec } from '../../helpers/build-host.ts';
import { after, codesOf, commandsFor, endOf, findBy, isProgress } from '../diagnose.ts';
import { overlay } from '../overlay.ts';
import { iptables } from '../rulesets.ts';

/** guest 192.168.2.10 and pc 192.168.1.10 behind gw, whose guests go by table 2, to isp. */
function guestsByTable2(gw: Partial<NetnsSpec>) {
  return hostOf({
    guest: {
      links: { eth0: { peer: 'gw:guests', addresses: ['192.168.2.10/24'] } },
      routes: ['default via 192.168.2.1'],
    },
    pc: { links: { eth0: { peer: 'gw:lan', addresses: ['192.168.1.10/24'] } }, routes: ['default via 192.168.1.1'] },
    gw: {
      links: {
        guests: { addresses: ['192.168.2.1/24'] },
        lan: { addresses: ['192.168.1.1/24'] },
        wan2: { peer: 'isp:cust', addresses: ['198.51.100.2/30'] },
      },
      sysctls: { 'net/ipv4/ip_forward': 1 },
      rules: ['300: from 192.168.2.0/24 lookup 2'],
      ...gw,
    },
    isp: { links: { cust: { addresses: ['198.51.100.1/30'] } } },
  });
}

test('policy-rule tells the table of the second uplink the network that it lacks', () => {
  const host = guestsByTable2({ routes: ['default via 198.51.100.1 table 2'] });
  const findings = findBy(policyRule, host, 'guest 192.168.1.10');
  expect(findings).toMatchObject([{ code: 'policy-rule', netns: 'gw', device: 'wan2', leg: 'request' }]);
  expect(findings[0]?.evidence.map(({ command }) => command?.join(' '))).toContain('ip -n gw rule show');
  expect(commandsFor(host, findings[0])).toEqual(['ip -n gw route add 192.168.1.0/24 dev lan table 2 src 192.168.1.1']);
  for (const repair of findings[0]?.repairs ?? []) {
    expect(endOf(after(host, repair), 'guest 192.168.1.10')).toBe('answered');
  }
  expect(findings[0]?.repairs).toHaveLength(2);
  expect(isProgress(host, 'guest 192.168.1.10', findings[0])).toBe(true);
  expect(codesOf(host, 'guest 192.168.1.10')).toEqual(['policy-rule']);
});

test('policy-rule deletes the rule when its table has a route as narrow as the right one', () => {
  const host = guestsByTable2({ routes: ['192.168.1.0/24 via 198.51.100.1 table 2'] });
  const findings = findBy(policyRule, host, 'guest 192.168.1.10');
  expect(commandsFor(host, findings[0])).toEqual(['ip -n gw rule del pref 300']);
  expect(endOf(after(host, findings[0]?.repairs[0]), 'guest 192.168.1.10')).toBe('answered');
});

test('policy-rule finds the rule that catches the answer', () => {
  const host = guestsByTable2({
    rules: ['50: from 192.168.1.10/32 lookup 7'],
    routes: ['default via 198.51.100.1 table 7'],
  });
  expect(findBy(policyRule, host, 'guest 192.168.1.10')).toMatchObject([{ netns: 'gw', leg: 'reply' }]);
});

test('policy-rule is silent about a table that leads there but for one wrong route, which is to blame', () => {
  const host = guestsByTable2({
    routes: ['192.168.1.0/24 dev lan table 2', '192.168.1.10/32 via 198.51.100.1 table 2'],
  });
  expect(findBy(policyRule, host, 'guest 192.168.1.10')).toEqual([]);
  expect(codesOf(host, 'guest 192.168.1.10')).toEqual(['wrong-route']);
});

test('policy-rule is silent about a rule whose table leads there, where something else is wrong on the way', () => {
  const host = guestsByTable2({ routes: ['192.168.1.0/24 dev lan table 2'], sysctls: {} });
  expect(endOf(host, 'guest 192.168.1.10')).toBe('request: not-forwarding in gw');
  expect(findBy(policyRule, host, 'guest 192.168.1.10')).toEqual([]);
});

test('policy-rule is silent about a packet for an address that nobody has', () => {
  const host = guestsByTable2({ routes: ['default via 198.51.100.1 table 2'] });
  expect(findBy(policyRule, host, 'guest 192.168.1.77')).toEqual([]);
});

test('policy-rule knows that the other way leads there through a tunnel', () => {
  const host = overlay({
    c1: {
      links: { vpn0: { peer: 'elsewhere:vpn1' } },
      rules: ['50: to 10.42.0.12/32 lookup 7'],
      routes: ['default dev vpn0 table 7'],
    },
    others: { elsewhere: { links: { vpn1: {} } } },
  });
  expect(codesOf(host, 'c1 10.42.0.12')).toEqual(['policy-rule']);
});

test('policy-rule knows that the other way leads there over a bridge, where something else is wrong', () => {
  const host = hostOf({
    a: {
      links: { eth0: { peer: 'sw:pa', addresses: ['10.0.0.1/24'] }, vpn0: { peer: 'elsewhere:vpn1' } },
      rules: ['50: to 10.0.0.2/32 lookup 7'],
      routes: ['default dev vpn0 table 7'],
    },
    b: { links: { eth0: { peer: 'sw:pb', addresses: ['10.0.0.2/24'] } } },
    sw: {
      links: { br0: { kind: 'bridge' }, pa: { master: 'br0' }, pb: { master: 'br0' } },
      ruleset: iptables('filter', ':FORWARD DROP [0:0]'),
      sysctls: { 'net/bridge/bridge-nf-call-iptables': 1 },
    },
    elsewhere: { links: { vpn1: {} } },
  });
  expect(codesOf(host, 'a 10.0.0.2')).toEqual(['policy-rule']);
});
