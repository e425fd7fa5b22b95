import { expect, test } from 'vitest';
import { bridgeFilterDrop } from '../../../src/faults/rules/bridge-filter-drop.ts';
import { hostOf } from '../../helpers/build-host.ts';
import { after, codesOf, commandsFor, endOf, findBy } from '../diagnose.ts';
import { iptables, nftDropping } from '../rulesets.ts';
import { bridged } from '../worlds.ts';

/** The neighbour is known, so that no ARP has to pass the bridge first. */
const KNOWN = ['10.0.0.2 dev eth0 lladdr 02:00:00:02:00:02 permanent'];

test('bridge-filter-drop names the rule of the bridge family', () => {
  const host = bridged({ ns1: { neighbors: KNOWN }, sw: { ruleset: nftDropping('bridge', 'forward') } });
  const [finding] = findBy(bridgeFilterDrop, host, 'ns1 10.0.0.2');
  expect(finding).toMatchObject({ code: 'bridge-filter-drop', netns: 'sw', leg: 'request' });
  expect(finding?.repairs[0]?.edits[0]).toMatchObject({ kind: 'filter-accept', place: { family: 'bridge' } });
});

test('bridge-filter-drop leaves the IP firewall to bridge-netfilter', () => {
  const ruleset = iptables('filter', ':FORWARD DROP [0:0]');
  const host = bridged({ sw: { ruleset, sysctls: { 'net/bridge/bridge-nf-call-iptables': 1 } } });
  expect(findBy(bridgeFilterDrop, host, 'ns1 10.0.0.2')).toEqual([]);
});

test('bridge-filter-drop accepts ARP, the traffic and its answers where one rule drops all', () => {
  const host = bridged({ sw: { ruleset: nftDropping('bridge', 'forward') } });
  const [finding] = findBy(bridgeFilterDrop, host, 'ns1 10.0.0.2');
  expect(finding?.what).toContain('sw drops ARP at the forward hook');
  expect(codesOf(host, 'ns1 10.0.0.2')).toEqual(['bridge-filter-drop']);
  expect(commandsFor(host, finding).map((command) => command.replace(/^.* handle \d+ /, ''))).toEqual([
    'ether type arp accept',
    'ip saddr 10.0.0.1 ip daddr 10.0.0.2 meta l4proto icmp accept',
    'ip saddr 10.0.0.2 ip daddr 10.0.0.1 meta l4proto icmp accept',
  ]);
  expect(endOf(after(host, finding?.repairs[0]), 'ns1 10.0.0.2')).toBe('answered');
});

test('bridge-filter-drop accepts both messages of neighbour discovery, from and to anybody', () => {
  const host = hostOf({
    a: { links: { eth0: { peer: 'sw:pa', addresses: ['fd00::1/64'] } } },
    b: { links: { eth0: { peer: 'sw:pb', addresses: ['fd00::2/64'] } } },
    sw: {
      links: { br0: { kind: 'bridge' }, pa: { master: 'br0' }, pb: { master: 'br0' } },
      ruleset: nftDropping('bridge', 'forward'),
    },
  });
  const [finding] = findBy(bridgeFilterDrop, host, 'a fd00::2');
  expect(
    commandsFor(host, finding)
      .slice(0, 2)
      .map((command) => command.replace(/^.* handle \d+ /, '')),
  ).toEqual(['icmpv6 type nd-neighbor-solicit accept', 'icmpv6 type nd-neighbor-advert accept']);
  expect(endOf(after(host, finding?.repairs[0]), 'a fd00::2')).toBe('answered');
});
