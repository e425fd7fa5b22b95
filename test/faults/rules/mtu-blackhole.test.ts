import { expect, test } from 'vitest';
import { mtuBlackhole } from '../../../src/faults/rules/mtu-blackhole.ts';
import { after, codesOf, commandsFor, endOf, findBy } from '../diagnose.ts';
import { iptables } from '../rulesets.ts';
import { chain } from '../worlds.ts';

const QUESTION = 'ns1 10.0.2.1 size 1472';
const NARROW = { r2b: { mtu: 1400 } };

test('mtu-blackhole names the narrow place, and the rule that takes the ICMP error', () => {
  const filter = iptables(
    'filter',
    ':FORWARD ACCEPT [0:0]',
    '-A FORWARD -p icmp -m icmp --icmp-type 3 -j DROP',
    '-A FORWARD -j ACCEPT',
  );
  const host = chain({ ...NARROW, r1: { ruleset: filter } });
  const [finding] = findBy(mtuBlackhole, host, QUESTION);
  expect(finding).toMatchObject({ code: 'mtu-blackhole', netns: 'r2', device: 'b', leg: 'request' });
  expect(finding?.what).toContain('the ICMP error that would tell ns1 dies in r1');
  expect(finding?.evidence.map(({ text }) => text)).toContain('-A FORWARD -p icmp -m icmp --icmp-type 3 -j DROP');
  expect(commandsFor(host, finding)).toEqual(['ip -n r2 link set dev b mtu 1500']);
  expect(endOf(after(host, finding?.repairs[0]), QUESTION)).toBe('answered');
  // The other way: the error passes, and then the sender knows.
  const told = after(host, finding?.repairs[1]);
  expect(codesOf(told, QUESTION)).toEqual(['mtu-exceeded']);
});

test('mtu-blackhole names the route that the router misses to the sender', () => {
  const host = chain({ ...NARROW, r2: { routes: [] }, r2a: { addresses: ['10.0.12.2/24'] } });
  const [finding] = findBy(mtuBlackhole, host, QUESTION);
  expect(finding?.evidence.map(({ text }) => text)).toContain('the ICMP error: r2 has no route back to 10.0.1.1');
  expect(finding?.repairs).toHaveLength(2);
});

test('mtu-blackhole is silent where the sender is told, though echo requests are all that a firewall lets in', () => {
  const careful = iptables(
    'filter',
    ':INPUT DROP [0:0]',
    '-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT',
  );
  const host = chain({ ...NARROW, ns1: { ruleset: careful } });
  expect(findBy(mtuBlackhole, host, QUESTION)).toEqual([]);
  expect(codesOf(host, QUESTION)).toEqual(['mtu-exceeded']);
});
