import { expect, test } from 'vitest';
import { noInterface } from '../../../src/faults/rules/no-interface.ts';
import { hostOf } from '../../helpers/build-host.ts';
import { commandsFor, findBy, isProgress } from '../diagnose.ts';
import { pair } from '../worlds.ts';

test('no-interface says where the end was left, and moves it', () => {
  const host = hostOf({
    host: { links: { tap0: { peer: 'host:tap1', addresses: ['10.0.0.2/24'] }, tap1: { up: false } } },
    ns1: {},
  });
  const findings = findBy(noInterface, host, 'ns1 10.0.0.2');
  expect(findings).toMatchObject([{ code: 'no-interface', netns: 'ns1', device: undefined, leg: 'request' }]);
  expect(findings[0]?.evidence.length).toBeGreaterThan(0);
  expect(commandsFor(host, findings[0])).toEqual([
    'ip link set dev tap1 netns ns1',
    'ip -n ns1 link set dev tap1 up',
    'ip -n ns1 addr add 10.0.0.1/24 dev tap1',
  ]);
  expect(isProgress(host, 'ns1 10.0.0.2', findings[0])).toBe(true);
});

test('no-interface is silent about a namespace that has an interface', () => {
  expect(findBy(noInterface, pair({ veth0: { addresses: [] } }), 'ns1 10.0.0.2')).toEqual([]);
});
