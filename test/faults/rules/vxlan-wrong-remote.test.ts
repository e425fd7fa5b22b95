import { expect, test } from 'vitest';
import { vxlanWrongRemote } from '../../../src/faults/rules/vxlan-wrong-remote.ts';
import { hostOf, type NetnsSpec, tweakLink } from '../../helpers/build-host.ts';
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

/** One node as flannel makes it: a vxlan that is routed by, with a neighbour and an entry for the other one's MAC. */
function node(name: string, far: { readonly host: number; readonly fdb?: string }): NetnsSpec {
  const own = name === 'n1' ? 1 : 2;
  const vtep = `02:00:00:00:0${far.host}:01`;
  return {
    links: {
      eth0: { addresses: [`192.168.0.${own}/24`], ...(own === 1 && { peer: 'n2:eth0' }) },
      'flannel.1': {
        kind: 'vxlan',
        mac: `02:00:00:00:0${own}:01`,
        addresses: [`10.244.${own}.0/32`],
        mtu: 1450,
        detail: { vni: 1, local: `192.168.0.${own}`, dstPort: 8472, learning: false },
      },
    },
    routes: [`10.244.${far.host}.0/24 via 10.244.${far.host}.0 dev flannel.1 onlink`],
    neighbors: [`10.244.${far.host}.0 dev flannel.1 lladdr ${vtep} permanent`],
    fdb: [`${vtep} dev flannel.1 dst ${far.fdb ?? `192.168.0.${far.host}`} self permanent`],
    sysctls: { 'net/ipv4/ip_forward': 1 },
  };
}

test('vxlan-wrong-remote corrects the entry for one MAC by which a routed tunnel sends to nobody', () => {
  const question = 'n1 10.244.2.0';
  const healthy = hostOf({ n1: node('n1', { host: 2 }), n2: node('n2', { host: 1 }) });
  expect(endOf(healthy, question)).toBe('answered');
  const host = hostOf({ n1: node('n1', { host: 2, fdb: '192.168.0.9' }), n2: node('n2', { host: 1 }) });
  expect(codesOf(host, question)).toEqual(['vxlan-wrong-remote']);
  const [finding] = findBy(vxlanWrongRemote, host, question);
  expect(commandsFor(host, finding)).toEqual([
    'bridge -n n1 fdb replace 02:00:00:00:02:01 dev flannel.1 dst 192.168.0.2 static',
  ]);
  expect(endOf(after(host, finding?.repairs[0]), question)).toBe('answered');
});
