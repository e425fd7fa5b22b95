import { expect, test } from 'vitest';
import { danglingVeth } from '../../../src/faults/rules/dangling-veth.ts';
import { hostOf } from '../../helpers/build-host.ts';
import { after, commandsFor, endOf, findBy, isProgress } from '../diagnose.ts';

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

const BRIDGED = {
  lost: { links: { pb: { up: false } } },
  sw: { links: { br0: { kind: 'bridge' }, pa: { master: 'br0' } } },
  a: { links: { eth0: { peer: 'sw:pa', addresses: ['10.0.0.1/24'] } } },
  b: { links: { eth0: { peer: 'lost:pb', addresses: ['10.0.0.2/24'] } } },
} as const;

test.each([
  ['the destination has its address, and the asker is on the bridge', 'a 10.0.0.2', 'pb', 'b'],
  ['the asker has its address, and the destination is on the bridge', 'b 10.0.0.1', 'pb', 'b'],
])('dangling-veth moves the end onto the bridge that waits for it, where %s', (_, question, device, netns) => {
  const host = hostOf(BRIDGED);
  const findings = findBy(danglingVeth, host, question);
  expect(findings).toMatchObject([{ netns, device: 'eth0' }]);
  expect(commandsFor(host, findings[0])).toEqual([
    `ip -n lost link set dev ${device} netns sw`,
    `ip -n sw link set dev ${device} master br0`,
    `ip -n sw link set dev ${device} up`,
  ]);
  expect(endOf(after(host, findings[0]?.repairs[0]), question)).toBe('answered');
});

test('dangling-veth is silent about an end that was left behind elsewhere', () => {
  const host = hostOf({
    ...BRIDGED,
    lost: { links: { pb: { up: false } } },
    sw: { links: { ...BRIDGED.sw.links, pc: { master: 'br0', peer: 'c:eth0' } } },
    c: { links: { eth0: { addresses: ['10.0.0.3/24'], up: false } } },
  });
  expect(findBy(danglingVeth, host, 'a 10.0.0.3')).toEqual([]);
});
