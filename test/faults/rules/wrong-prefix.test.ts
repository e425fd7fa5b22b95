import { expect, test } from 'vitest';
import { wrongPrefix } from '../../../src/faults/rules/wrong-prefix.ts';
import { hostOf } from '../../helpers/build-host.ts';
import { after, commandsFor, endOf, findBy, isProgress } from '../diagnose.ts';
import { pair } from '../worlds.ts';

test('wrong-prefix gives the address the length that the neighbour has', () => {
  const host = hostOf({
    host: { links: { tap0: { peer: 'ns1:tap1', addresses: ['10.1.1.6/24'] } } },
    ns1: { links: { tap1: { addresses: ['10.1.1.1/30'] } } },
  });
  const findings = findBy(wrongPrefix, host, 'ns1 10.1.1.6');
  expect(findings).toMatchObject([{ code: 'wrong-prefix', netns: 'ns1', device: 'tap1', leg: 'request' }]);
  expect(findings[0]?.evidence.length).toBeGreaterThan(0);
  expect(commandsFor(host, findings[0])).toEqual([
    'ip -n ns1 addr add 10.1.1.1/24 dev tap1',
    'ip -n ns1 addr del 10.1.1.1/30 dev tap1',
  ]);
  expect(isProgress(host, 'ns1 10.1.1.6', findings[0])).toBe(true);
});

test('wrong-prefix is silent about two networks on one wire: neither counts the other in', () => {
  expect(
    findBy(
      wrongPrefix,
      pair({ veth0: { addresses: ['10.0.1.1/24'] }, veth1: { addresses: ['10.0.2.1/24'] } }),
      'ns1 10.0.2.1',
    ),
  ).toEqual([]);
});

test('wrong-prefix holds us to the network of who is behind a proxy on the wire', () => {
  const host = hostOf({
    a: { links: { eth0: { peer: 'r:pa', addresses: ['10.0.0.1/24'] } } },
    b: { links: { eth0: { peer: 'r:pb', addresses: ['10.0.0.2/32'] } } },
    r: {
      links: { pa: {}, pb: {} },
      routes: ['10.0.0.1/32 dev pa', '10.0.0.2/32 dev pb'],
      sysctls: { 'net/ipv4/ip_forward': 1, 'net/ipv4/conf/pa/proxy_arp': 1, 'net/ipv4/conf/pb/proxy_arp': 1 },
    },
  });
  const findings = findBy(wrongPrefix, host, 'a 10.0.0.2');
  expect(findings).toMatchObject([{ netns: 'b', device: 'eth0', leg: 'reply' }]);
  expect(endOf(after(host, findings[0]?.repairs[0]), 'a 10.0.0.2')).toBe('answered');
});
