import { expect, test } from 'vitest';
import { bridgeNetfilter } from '../../../src/faults/rules/bridge-netfilter.ts';
import { commandsFor, findBy, isProgress } from '../diagnose.ts';
import { iptables } from '../rulesets.ts';
import { bridged } from '../worlds.ts';

const DROPPING = iptables('filter', ':FORWARD DROP [0:0]');

test('bridge-netfilter accepts the bridged traffic, and offers the sysctl as another choice', () => {
  const host = bridged({ sw: { ruleset: DROPPING, sysctls: { 'net/bridge/bridge-nf-call-iptables': 1 } } });
  const [finding] = findBy(bridgeNetfilter, host, 'ns1 10.0.0.2');
  expect(finding).toMatchObject({ code: 'bridge-netfilter', netns: 'sw', leg: 'request' });
  expect(commandsFor(host, finding)[0]).toBe(
    'ip netns exec sw iptables -A FORWARD -s 10.0.0.1/32 -d 10.0.0.2/32 -p icmp -j ACCEPT',
  );
  expect(finding?.repairs.at(-1)?.edits).toMatchObject([{ key: 'net/bridge/bridge-nf-call-iptables', value: '0' }]);
  expect(isProgress(host, 'ns1 10.0.0.2', finding)).toBe(true);
});

test('bridge-netfilter is silent when bridged frames are not sent through the IP firewall', () => {
  const host = bridged({ sw: { ruleset: DROPPING } });
  expect(findBy(bridgeNetfilter, host, 'ns1 10.0.0.77')).toEqual([]);
});
