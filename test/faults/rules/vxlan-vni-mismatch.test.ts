import { expect, test } from 'vitest';
import { vxlanVniMismatch } from '../../../src/faults/rules/vxlan-vni-mismatch.ts';
import { after, codesOf, commandsFor, endOf, findBy } from '../diagnose.ts';
import { ACROSS, overlay } from '../overlay.ts';

test('vxlan-vni-mismatch names the end that did not take it, and makes it anew with all that hung on it', () => {
  const host = overlay({
    vx2: { vni: 43 },
    link2: { mtu: 1400, addresses: ['10.42.0.2/24'] },
    m2: { routes: ['10.9.0.0/16 via 10.42.0.11'], fdb: ['02:00:00:00:00:77 dev vx0 dst 192.168.0.7 self static'] },
  });
  const findings = findBy(vxlanVniMismatch, host, ACROSS);
  expect(findings).toMatchObject([
    {
      netns: 'm2',
      device: 'vx0',
      leg: 'request',
      what: 'vx0 in m2 has VNI 43, vx0 in m1, the other end, has VNI 42',
      evidence: [{ text: 'vx0: vxlan id 43 dstport 4789' }, { text: 'vx0: vxlan id 42 dstport 4789' }],
    },
  ]);
  expect(commandsFor(host, findings[0])).toEqual([
    'ip -n m2 link del dev vx0',
    'ip -n m2 link add name vx0 address 02:00:00:03:00:05 mtu 1400 type vxlan id 42 dstport 4789 remote 192.168.0.1 local 192.168.0.2',
    'ip -n m2 link set dev vx0 master br0',
    'ip -n m2 addr add 10.42.0.2/24 dev vx0',
    'bridge -n m2 fdb append 02:00:00:00:00:77 dev vx0 dst 192.168.0.7 static',
    'ip -n m2 link set dev vx0 up',
    'ip -n m2 route add 10.9.0.0/16 via 10.42.0.11 dev vx0',
  ]);
  for (const repair of findings[0]?.repairs ?? []) expect(endOf(after(host, repair), ACROSS)).toBe('answered');
  expect(findings[0]?.repairs).toHaveLength(2);
});

test('vxlan-vni-mismatch names the end that fewer others agree with', () => {
  const third = { links: { vx0: { kind: 'vxlan', detail: { vni: 42 } } } };
  const host = overlay({ vx1: { vni: 41 }, others: { m3: third } });
  expect(findBy(vxlanVniMismatch, host, ACROSS)).toMatchObject([{ netns: 'm1', device: 'vx0' }]);
});

test('vxlan-vni-mismatch cannot make a tunnel anew that has left the namespace it was made in', () => {
  const host = overlay({ vx2: { vni: 43, underlay: 'm2' } });
  expect(findBy(vxlanVniMismatch, host, ACROSS)[0]?.repairs.map(({ intent }) => intent)).toEqual([
    'Make vx0 in m1 anew with VNI 43',
  ]);
});

test.each([
  ['another port', overlay({ vx2: { dstPort: 8472 } }), ['vxlan-port-mismatch']],
  ['it is down', overlay({ link2: { up: false } }), ['link-down']],
  ['nothing is wrong', overlay(), []],
])('vxlan-vni-mismatch is silent when %s', (_, host, codes) => {
  expect(findBy(vxlanVniMismatch, host, ACROSS)).toEqual([]);
  expect(codesOf(host, ACROSS)).toEqual(codes);
});
