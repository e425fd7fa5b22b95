import { expect, test } from 'vitest';
import { conntrackInvalid } from '../../../src/faults/rules/conntrack-invalid.ts';
import type { Host } from '../../../src/host/host.ts';
import { hostOf } from '../../helpers/build-host.ts';
import { after, codesOf, commandsFor, endOf, findBy } from '../diagnose.ts';
import { iptables } from '../rulesets.ts';

/** ns1 asks by fw1, and ns2 answers by fw2, whose rules these are. */
function asymmetric(...rules: readonly string[]): Host {
  const forwarding = { sysctls: { 'net/ipv4/ip_forward': 1 } };
  return hostOf({
    ns1: {
      links: {
        a: { peer: 'fw1:in', addresses: ['10.0.1.1/24'] },
        b: { peer: 'fw2:in', addresses: ['10.0.3.1/24'] },
      },
      routes: ['10.0.0.0/16 via 10.0.1.254'],
    },
    fw1: {
      links: { in: { addresses: ['10.0.1.254/24'] }, out: { peer: 'ns2:a', addresses: ['10.0.2.254/24'] } },
      ...forwarding,
    },
    fw2: {
      links: { in: { addresses: ['10.0.3.254/24'] }, out: { peer: 'ns2:b', addresses: ['10.0.4.254/24'] } },
      routes: ['10.0.1.0/24 via 10.0.3.1'],
      ruleset: iptables('filter', ...rules),
      ...forwarding,
    },
    ns2: {
      links: { a: { addresses: ['10.0.2.1/24'] }, b: { addresses: ['10.0.4.1/24'] } },
      routes: ['10.0.1.0/24 via 10.0.4.254'],
      sockets: ['tcp 0.0.0.0:80'],
    },
  });
}

const ESTABLISHED = '-A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT';

test.each([
  [
    'by a rule about invalid',
    [':FORWARD ACCEPT [0:0]', '-A FORWARD -m conntrack --ctstate INVALID -j DROP'],
    '-I FORWARD 1',
  ],
  ['by the policy, because it is not established', [':FORWARD DROP [0:0]', ESTABLISHED], '-A FORWARD'],
] as const)('conntrack-invalid names the firewall that drops the answer %s', (_, rules, verb) => {
  const host = asymmetric(...rules);
  const [finding] = findBy(conntrackInvalid, host, 'ns1 10.0.2.1');
  expect(finding).toMatchObject({ code: 'conntrack-invalid', netns: 'fw2', device: 'out', leg: 'reply' });
  expect(finding?.what).toContain('to conntrack there it is invalid');
  expect(finding?.why).toContain('the request went another way');
  expect(commandsFor(host, finding)).toEqual([
    `ip netns exec fw2 iptables ${verb} -s 10.0.2.1/32 -d 10.0.1.1/32 -p icmp -j ACCEPT`,
  ]);
  expect(endOf(after(host, finding?.repairs[0]), 'ns1 10.0.2.1')).toBe('answered');
  expect(codesOf(host, 'ns1 10.0.2.1')).toEqual(['conntrack-invalid']);
  expect(codesOf(host, 'ns1 tcp 10.0.2.1 80')).toEqual(['conntrack-invalid']);
});

test('conntrack-invalid leaves it to firewall-drop where a known connection would be dropped as well', () => {
  const host = asymmetric(':FORWARD ACCEPT [0:0]', '-A FORWARD -p icmp -j DROP', ESTABLISHED);
  expect(findBy(conntrackInvalid, host, 'ns1 10.0.2.1')).toEqual([]);
  expect(codesOf(host, 'ns1 10.0.2.1')).toEqual(['firewall-drop']);
});
