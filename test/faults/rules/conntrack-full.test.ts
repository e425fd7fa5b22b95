import { expect, test } from 'vitest';
import { conntrackFull } from '../../../src/faults/rules/conntrack-full.ts';
import type { Host } from '../../../src/host/host.ts';
import { after, codesOf, commandsFor, endOf, findBy } from '../diagnose.ts';
import { iptables } from '../rulesets.ts';
import { chain } from '../worlds.ts';

const QUESTION = 'ns1 10.0.2.1';
const STATEFUL = '-A FORWARD -m conntrack --ctstate NEW,ESTABLISHED -j ACCEPT';

function tracking(count: number, max: number, ...rules: readonly string[]): Host {
  return chain({
    r1: {
      ruleset: iptables('filter', ':FORWARD ACCEPT [0:0]', ...rules),
      sysctls: {
        'net/ipv4/ip_forward': 1,
        'net/netfilter/nf_conntrack_count': count,
        'net/netfilter/nf_conntrack_max': max,
      },
    },
  });
}

test('conntrack-full says how many connections there are, and lets the machine track more', () => {
  const host = tracking(65_536, 65_536, STATEFUL);
  const [finding] = findBy(conntrackFull, host, QUESTION);
  expect(finding).toMatchObject({ code: 'conntrack-full', netns: 'r1', device: 'a', leg: 'request' });
  expect(finding?.evidence.map(({ text }) => text)).toEqual([
    'net/netfilter/nf_conntrack_count = 65536',
    'net/netfilter/nf_conntrack_max = 65536',
  ]);
  expect(commandsFor(host, finding)).toEqual(['ip netns exec r1 sysctl -w net/netfilter/nf_conntrack_max=131072']);
  expect(endOf(after(host, finding?.repairs[0]), QUESTION)).toBe('answered');
});

test.each([
  ['one place is left', 65_535, 65_536, [STATEFUL]],
  ['there is no limit', 65_536, 0, [STATEFUL]],
  ['nothing makes the kernel track', 65_536, 65_536, ['-A FORWARD -p icmp -j ACCEPT']],
] as const)('conntrack-full is silent where %s', (_, count, max, rules) => {
  const host = tracking(count, max, ...rules);
  expect(findBy(conntrackFull, host, QUESTION)).toEqual([]);
  expect(codesOf(host, QUESTION)).toEqual([]);
});
