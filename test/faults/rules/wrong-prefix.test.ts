import { expect, test } from 'vitest';
import { wrongPrefix } from '../../../src/faults/rules/wrong-prefix.ts';
import { hostOf } from '../../helpers/build-host.ts';
import { commandsFor, findBy, isProgress } from '../diagnose.ts';
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
