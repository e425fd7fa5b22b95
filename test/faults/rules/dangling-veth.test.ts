import { expect, test } from 'vitest';
import { danglingVeth } from '../../../src/faults/rules/dangling-veth.ts';
import { hostOf } from '../../helpers/build-host.ts';
import { commandsFor, findBy, isProgress } from '../diagnose.ts';

test('dangling-veth names the end that was left behind, and moves it', () => {
  const host = hostOf({
    host: { links: { veth1: { up: false } } },
    ns1: { links: { veth0: { peer: 'host:veth1', addresses: ['10.0.0.1/24'] } } },
    ns2: {},
  });
  const findings = findBy(danglingVeth, host, 'ns1 10.0.0.2');
  expect(findings).toMatchObject([{ code: 'dangling-veth', netns: 'ns1', device: 'veth0', leg: 'request' }]);
  expect(findings[0]?.evidence.length).toBeGreaterThan(0);
  expect(commandsFor(host, findings[0])).toEqual([
    'ip link set dev veth1 netns ns2',
    'ip -n ns2 link set dev veth1 up',
    'ip -n ns2 addr add 10.0.0.2/24 dev veth1',
  ]);
  expect(isProgress(host, 'ns1 10.0.0.2', findings[0])).toBe(true);
});

test('dangling-veth is silent about an end that was brought up where it is', () => {
  expect(
    findBy(
      danglingVeth,
      hostOf({
        host: { links: { veth1: {} } },
        ns1: { links: { veth0: { peer: 'host:veth1', addresses: ['10.0.0.1/24'] } } },
        ns2: {},
      }),
      'ns1 10.0.0.2',
    ),
  ).toEqual([]);
});
