import { expect, test } from 'vitest';
import { neighborWrong } from '../../../src/faults/rules/neighbor-wrong.ts';
import { hostOf, type NetnsSpec } from '../../helpers/build-host.ts';
import { after, codesOf, commandsFor, endOf, findBy, isProgress } from '../diagnose.ts';
import { pair } from '../worlds.ts';

test('neighbor-wrong forgets a permanent entry with a MAC that nobody has', () => {
  const host = pair({ ns1: { neighbors: ['10.0.0.2 dev veth0 lladdr 02:aa:aa:aa:aa:aa permanent'] } });
  const findings = findBy(neighborWrong, host, 'ns1 10.0.0.2');
  expect(findings).toMatchObject([{ code: 'neighbor-wrong', netns: 'ns1', device: 'veth0', leg: 'request' }]);
  expect(findings[0]?.evidence.length).toBeGreaterThan(0);
  expect(commandsFor(host, findings[0])).toEqual(['ip -n ns1 neigh del 10.0.0.2 dev veth0']);
  expect(isProgress(host, 'ns1 10.0.0.2', findings[0])).toBe(true);
});

test('neighbor-wrong is silent about a permanent entry that is right', () => {
  expect(
    findBy(
      neighborWrong,
      pair({
        ns1: { neighbors: ['10.0.0.2 dev veth0 lladdr 02:00:00:02:00:02 permanent'] },
        ns2: { sysctls: { 'net/ipv4/icmp_echo_ignore_all': 1 } },
      }),
      'ns1 10.0.0.2',
    ),
  ).toEqual([]);
});

/** ns1, ns2 and ns3 on one bridge; ns2 has taken 10.0.0.9 over, which was on ns3, and ns1 has not heard of it. */
function takenOver(state: string, ns3: NetnsSpec = {}, address = '10.0.0.9/24') {
  const mac = '02:00:00:00:00:03';
  return hostOf({
    ns1: {
      links: { eth0: { peer: 'sw:p1', addresses: ['10.0.0.1/24'] } },
      neighbors: [`10.0.0.9 dev eth0 lladdr ${mac} ${state}`],
    },
    ns2: { links: { eth0: { peer: 'sw:p2', addresses: ['10.0.0.2/24', address] } } },
    ns3: { links: { eth0: { peer: 'sw:p3', addresses: ['10.0.0.3/24'], mac } }, ...ns3 },
    sw: { links: { br0: { kind: 'bridge' }, p1: { master: 'br0' }, p2: { master: 'br0' }, p3: { master: 'br0' } } },
  });
}

test.each(['reachable', 'permanent'])(
  'neighbor-wrong forgets a %s entry that leads to who had the address before',
  (state) => {
    const host = takenOver(state);
    const [finding] = findBy(neighborWrong, host, 'ns1 10.0.0.9');
    expect(finding?.what).toBe('ns1 sends to 10.0.0.9 with the MAC 02:00:00:00:00:03, which is that of eth0 in ns3');
    expect(codesOf(host, 'ns1 10.0.0.9')).toEqual(['neighbor-wrong']);
    expect(commandsFor(host, finding)).toEqual(['ip -n ns1 neigh del 10.0.0.9 dev eth0']);
    expect(endOf(after(host, finding?.repairs[0]), 'ns1 10.0.0.9')).toBe('answered');
  },
);

test('neighbor-wrong is silent where the packet gets on all the same, or nobody else has the address', () => {
  const forwarded = takenOver('reachable', { sysctls: { 'net/ipv4/ip_forward': 1 } });
  expect(endOf(forwarded, 'ns1 10.0.0.9')).toBe('answered');
  const unowned = takenOver('reachable', {}, '10.0.0.8/24');
  expect(findBy(neighborWrong, unowned, 'ns1 10.0.0.9')).toEqual([]);
});
