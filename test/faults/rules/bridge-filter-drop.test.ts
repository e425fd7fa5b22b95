import { expect, test } from 'vitest';
import { bridgeFilterDrop } from '../../../src/faults/rules/bridge-filter-drop.ts';
import { findBy } from '../diagnose.ts';
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
