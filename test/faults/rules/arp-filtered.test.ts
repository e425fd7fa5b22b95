import { expect, test } from 'vitest';
import { arpFiltered } from '../../../src/faults/rules/arp-filtered.ts';
import { hostOf } from '../../helpers/build-host.ts';
import { commandsFor, findBy, isProgress } from '../diagnose.ts';
import { pair } from '../worlds.ts';

test('arp-filtered names arp_ignore where the address is on another interface', () => {
  const host = hostOf({
    ns1: { links: { eth0: { peer: 'ns2:eth0', addresses: ['10.0.0.1/24'] } } },
    ns2: {
      links: { eth0: { addresses: ['10.0.0.3/24'] }, d0: { kind: 'dummy', addresses: ['10.0.0.2/32'] } },
      sysctls: { 'net/ipv4/conf/all/arp_ignore': 1 },
    },
  });
  const findings = findBy(arpFiltered, host, 'ns1 10.0.0.2');
  expect(findings).toMatchObject([{ code: 'arp-filtered', netns: 'ns2', device: 'eth0', leg: 'request' }]);
  expect(findings[0]?.evidence.length).toBeGreaterThan(0);
  expect(commandsFor(host, findings[0])).toEqual(['ip netns exec ns2 sysctl -w net/ipv4/conf/all/arp_ignore=0']);
  expect(isProgress(host, 'ns1 10.0.0.2', findings[0])).toBe(true);
});

test('arp-filtered is silent when arp_ignore is 1 and the asked interface has the address', () => {
  expect(
    findBy(arpFiltered, pair({ ns2: { sysctls: { 'net/ipv4/conf/all/arp_ignore': 1 } } }), 'ns1 10.0.0.77'),
  ).toEqual([]);
});
