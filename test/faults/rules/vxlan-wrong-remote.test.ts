import { expect, test } from 'vitest';
import { vxlanWrongRemote } from '../../../src/faults/rules/vxlan-wrong-remote.ts';
import { tweakLink } from '../../helpers/build-host.ts';
import { addr } from '../../helpers/iproute-text.ts';
import { after, codesOf, commandsFor, endOf, findBy } from '../diagnose.ts';
import { ACROSS, overlay } from '../overlay.ts';

const PORT = {
  state: 'forwarding',
  isolated: false,
  hairpin: false,
  learning: true,
  flood: true,
  broadcastFlood: true,
  multicastFlood: true,
} as const;

/** The second device of the fourth namespace. */
const MAC_OF_C2 = '02:00:00:04:00:02';

/** Reached by m1 as well as m2 is, with a tunnel of somebody else's. */
const BYSTANDER = {
  m1: { links: { eth9: { peer: 'm3:eth0', addresses: ['192.168.9.1/24'] } } },
  others: {
    m3: { links: { eth0: { addresses: ['192.168.9.3/24'] }, vx9: { kind: 'vxlan', detail: { vni: 99 } } } },
  },
};

test.each([
  ['that nobody has', { vx1: { remote: addr('192.168.0.7') } }],
  ['that no route leads to', { vx1: { remote: addr('172.16.0.7') } }],
  ['that is its own', { vx1: { remote: addr('192.168.0.1') } }],
  ['of a bystander', { vx1: { remote: addr('192.168.9.3') }, ...BYSTANDER }],
])('vxlan-wrong-remote names a remote %s, and corrects it', (_, change) => {
  const host = overlay(change);
  const findings = findBy(vxlanWrongRemote, host, ACROSS);
  expect(findings).toMatchObject([{ netns: 'm1', device: 'vx0' }]);
  expect(commandsFor(host, findings[0])).toEqual(['ip -n m1 link set dev vx0 type vxlan id 42 remote 192.168.0.2']);
  expect(endOf(after(host, findings[0]?.repairs[0]), ACROSS)).toBe('answered');
  expect(codesOf(host, ACROSS)).toEqual(['vxlan-wrong-remote']);
});

test('vxlan-wrong-remote adds the right end where the database, and not the device, names the wrong one', () => {
  const host = overlay({
    vx1: { remote: undefined },
    m1: { fdb: ['00:00:00:00:00:00 dev vx0 dst 192.168.0.7 self permanent'] },
  });
  const findings = findBy(vxlanWrongRemote, host, ACROSS);
  expect(commandsFor(host, findings[0])).toEqual(['bridge -n m1 fdb append 00:00:00:00:00:00 dev vx0 dst 192.168.0.2']);
  expect(endOf(after(host, findings[0]?.repairs[0]), ACROSS)).toBe('answered');
});

test('vxlan-wrong-remote corrects a static entry that puts the MAC elsewhere', () => {
  const host = overlay({ m1: { fdb: [`${MAC_OF_C2} dev vx0 dst 192.168.0.9 self static`] } });
  const findings = findBy(vxlanWrongRemote, host, ACROSS);
  expect(findings).toMatchObject([{ netns: 'm1', device: 'vx0' }]);
  expect(commandsFor(host, findings[0])).toEqual([
    `bridge -n m1 fdb replace ${MAC_OF_C2} dev vx0 dst 192.168.0.2 static`,
  ]);
  expect(endOf(after(host, findings[0]?.repairs[0]), ACROSS)).toBe('answered');
});

test('vxlan-wrong-remote leaves a fault of the underlay its own code, with the tunnel named', () => {
  const host = overlay({ wire: { up: false, addresses: ['192.168.0.2/24'] } });
  expect(findBy(vxlanWrongRemote, host, ACROSS)).toEqual([]);
  expect(codesOf(host, ACROSS)).toEqual(['link-down']);
});

test('vxlan-wrong-remote is silent where another entry leads to the right end', () => {
  const host = overlay({
    vx1: { remote: undefined },
    m1: {
      fdb: ['192.168.0.7', '192.168.0.2'].map((to) => `00:00:00:00:00:00 dev vx0 dst ${to} self permanent`),
    },
  });
  expect(endOf(host, ACROSS)).toBe('answered');
  expect(findBy(vxlanWrongRemote, host, 'c1 10.42.0.99')).toEqual([]);
});

/** A third machine, whose entry in m1's database is older than the machine is gone. */
const GONE = ['00:00:00:00:00:00 dev vx0 dst 192.168.0.3 self permanent'];

test.each([
  ['everything is there', overlay({ m1: { fdb: GONE } }), ACROSS, []],
  ['nobody has the address', overlay({ m1: { fdb: GONE } }), 'c1 10.42.0.99', ['address-not-found']],
  [
    'the port of the owner is shut',
    tweakLink(overlay({ m1: { fdb: GONE } }), 'm2:p2', { port: { ...PORT, state: 'blocking' } }),
    ACROSS,
    ['bridge-port-blocking'],
  ],
])('vxlan-wrong-remote does not blame a far end that is gone when %s', (_, host, question, codes) => {
  expect(findBy(vxlanWrongRemote, host, question)).toEqual([]);
  expect(codesOf(host, question)).toEqual(codes);
});

test('vxlan-wrong-remote knows the other end also where that is on no bridge', () => {
  const alone = { master: undefined, port: undefined };
  const host = tweakLink(overlay({ vx1: { remote: addr('192.168.0.7') } }), 'm2:vx0', alone);
  expect(codesOf(host, ACROSS)).toEqual(['vxlan-wrong-remote']);
  const [finding] = findBy(vxlanWrongRemote, host, ACROSS);
  expect(codesOf(after(host, finding?.repairs[0]), ACROSS)).toEqual(['bridge-port-unattached']);
});
