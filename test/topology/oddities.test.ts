import { describe, expect, test } from 'vitest';
import type { Host } from '../../src/host/host.ts';
import { topologyOf } from '../../src/topology/topology.ts';
import { type HostSpec, hostOf, type LinkSpec, type NetnsSpec, tweakNetns } from '../helpers/build-host.ts';
import { bridged, overlay, stacked } from './worlds.ts';

/** `code place`, and nothing of the words. */
function oddIn(host: Host): readonly string[] {
  return topologyOf(host).oddities.map(
    ({ code, netns, device }) => `${code} ${netns}${device === undefined ? '' : ` ${device}`}`,
  );
}

/** Two ends of one wire; `over` changes the first. */
function pair(over: Partial<LinkSpec>, far: Partial<LinkSpec> = {}): Host {
  return hostOf({
    ns1: { links: { veth0: { peer: 'ns2:veth1', addresses: ['10.0.0.1/24'], ...over } } },
    ns2: { links: { veth1: { addresses: ['10.0.0.2/24'], ...far } } },
  });
}

/** The bridge of `bridged`, with one namespace more. */
function withThird(
  spec: NetnsSpec,
  port: Partial<LinkSpec> = {},
  plugged: Partial<LinkSpec> = { master: 'br0' },
): Host {
  return hostOf({
    host: {
      links: {
        br0: { kind: 'bridge', addresses: ['10.0.0.254/24'] },
        p1: { peer: 'ns1:eth0', master: 'br0' },
        p3: { peer: 'ns3:eth0', ...plugged, ...port },
      },
      sysctls: { 'net/ipv4/ip_forward': 1 },
    },
    ns1: { links: { eth0: { addresses: ['10.0.0.1/24'] } } },
    ns3: spec,
  });
}

describe('topologyOf() remarks on nothing', () => {
  const healthy: readonly (readonly [name: string, host: Host])[] = [
    ['in a healthy network', bridged()],
    ['at a tunnel', overlay()],
    ['at a macvlan and a VLAN device, which has the MAC of what it stands on', stacked()],
    ['at a veth by which routes lead, without an address (Calico)', calico()],
    [
      'at devices that a module made',
      hostOf({
        ns1: { links: { tunl0: { kind: 'ipip', up: false }, d: { kind: 'dummy', addresses: ['10.0.0.1/24'] } } },
      }),
    ],
    ['at the namespace that nsdiag runs in, when that is empty', hostOf({ host: {} })],
    [
      'at addresses that every loopback has',
      hostOf({
        a: { links: { d: { kind: 'dummy', addresses: ['10.0.0.1/24'] } } },
        b: { links: { d: { kind: 'dummy', addresses: ['10.0.0.2/24'] } } },
      }),
    ],
    ['at two uplinks to one net, which may be one wire', uplinks()],
    [
      'at two ends of one wire in one net',
      hostOf({
        ns1: {
          links: {
            a: { peer: 'sw:p1', addresses: ['10.0.0.1/24'] },
            b: { peer: 'sw:p2', addresses: ['10.0.0.2/24'] },
          },
        },
        sw: { links: { br0: { kind: 'bridge' }, p1: { master: 'br0' }, p2: { master: 'br0' } } },
      }),
    ],
    ['at a /32 beside a net', pair({ addresses: ['10.0.0.1/32'] })],
    ['at two different nets on one wire', pair({ addresses: ['10.0.1.1/24'] })],
    [
      'at a gateway behind a tunnel that a program leads',
      hostOf({
        ns1: {
          links: { vx0: { kind: 'vxlan', detail: { external: true }, addresses: ['10.0.0.1/24'] } },
          routes: ['default via 10.0.0.254'],
        },
      }),
    ],
    [
      'at a gateway behind an uplink, which nobody can see',
      hostOf({
        ns1: {
          links: { eth0: { kind: 'physical', addresses: ['192.0.2.1/24'] } },
          routes: ['default via 192.0.2.254'],
        },
      }),
    ],
  ];
  test.each(healthy)('%s', (_, host) => {
    expect(oddIn(host)).toEqual([]);
  });
});

function calico(): Host {
  return hostOf({
    host: { links: { cali1: { peer: 'ns1:eth0' } }, routes: ['10.0.0.1/32 dev cali1'] },
    ns1: { links: { eth0: { addresses: ['10.0.0.1/32'] } } },
  });
}

describe('topologyOf() remarks on', () => {
  const cases: readonly (readonly [what: string, host: Host, odd: readonly string[]])[] = [
    ['the end of a pair that is down, and not on the other one', pair({ up: false }), ['link-down ns1 veth0']],
    [
      'a loopback that is down',
      hostOf({ ns1: { links: { lo: { up: false }, d: { kind: 'dummy', addresses: ['10.0.0.1/24'] } } } }),
      ['lo-down ns1 lo'],
    ],
    [
      'hardware without carrier',
      hostOf({ ns1: { links: { eth0: { kind: 'physical', carrier: false, addresses: ['192.0.2.1/24'] } } } }),
      ['no-carrier ns1 eth0'],
    ],
    ['a namespace with nothing but lo', hostOf({ ns1: {} }), ['no-interface ns1']],
    [
      'a far end that nobody can name',
      hostOf({ ns1: { links: { veth0: { peer: 'unseen', addresses: ['10.0.0.1/24'] } } } }),
      ['dangling-veth ns1 veth0'],
    ],
    ['ARP switched off', pair({ noArp: true }), ['interface-noarp ns1 veth0']],
    ['the smaller of two MTUs', pair({ mtu: 1400 }), ['mtu-differs ns1 veth0']],
    ['a device without an address', pair({ addresses: [] }), ['no-address ns1 veth0']],
    [
      'a bridge without ports',
      hostOf({ host: { links: { br0: { kind: 'bridge', addresses: ['10.0.0.1/24'] } } } }),
      ['bridge-without-ports host br0'],
    ],
    [
      'a port that was not plugged in',
      withThird({ links: { eth0: { addresses: ['10.0.0.3/24'] } } }, {}, {}),
      ['bridge-port-unattached host p3'],
    ],
    [
      'an address on a port',
      withThird({ links: { eth0: { addresses: ['10.0.0.3/24'] } } }, { addresses: ['10.0.0.7/24'] }),
      ['bridge-address-on-port host p3'],
    ],
    [
      'a port that blocks',
      withThird({ links: { eth0: { addresses: ['10.0.0.3/24'] } } }, { port: { state: 'blocking' } }),
      ['bridge-port-blocking host p3'],
    ],
    [
      'an address twice on one segment',
      withThird({ links: { eth0: { addresses: ['10.0.0.1/24'] } } }),
      ['duplicate-address ns1 eth0', 'duplicate-address ns3 eth0'],
    ],
    [
      'an address twice, on two segments',
      hostOf({
        a: { links: { d: { kind: 'dummy', addresses: ['10.0.0.1/24'] } } },
        b: { links: { d: { kind: 'dummy', addresses: ['10.0.0.1/24'] } } },
      }),
      ['destination-ambiguous a d', 'destination-ambiguous b d'],
    ],
    [
      'a MAC twice on one segment',
      pair({ mac: '02:00:00:00:00:77' }, { mac: '02:00:00:00:00:77' }),
      ['duplicate-mac ns1 veth0', 'duplicate-mac ns2 veth1'],
    ],
    [
      'duplicate address detection that failed',
      pair({ addresses: ['10.0.0.1/24', 'fd00::1/64 dadfailed'] }),
      ['dad-failed ns1 veth0'],
    ],
    ['a net that leaves out the other end', pair({ addresses: ['10.0.0.1/31'] }), ['wrong-prefix ns1 veth0']],
    [
      'one net on two bridges',
      hostOf({
        ns1: {
          links: {
            br0: { kind: 'bridge', addresses: ['10.0.0.1/24'] },
            br1: { kind: 'bridge', addresses: ['10.0.0.2/24'] },
            p0: { peer: 'ns2:veth1', master: 'br0' },
            p1: { peer: 'ns3:veth1', master: 'br1' },
          },
        },
        ns2: { links: { veth1: { addresses: ['10.0.0.3/24'] } } },
        ns3: { links: { veth1: { addresses: ['10.0.0.4/24'] } } },
      }),
      ['wrong-route ns1 br0', 'wrong-route ns1 br1'],
    ],
    [
      'a vxlan without a far end',
      hostOf({ ns1: { links: { vx0: { kind: 'vxlan', addresses: ['10.9.0.1/24'] } } } }),
      ['vxlan-no-fdb ns1 vx0'],
    ],
    ['two numbers of one tunnel', overlay({ vni: 7 }), ['vxlan-vni-mismatch m1 vx0', 'vxlan-vni-mismatch m2 vx0']],
    [
      'two ports of one tunnel',
      overlay({ dstPort: 8472 }),
      ['vxlan-port-mismatch m1 vx0', 'vxlan-port-mismatch m2 vx0'],
    ],
    ['a gateway that nobody has', routed('default via 10.0.0.9', 1), ['gateway-unreachable ns1 veth0']],
    ['a gateway that does not forward', routed('default via 10.0.0.2', 0), ['forwarding-off ns2 veth1']],
  ];
  test.each(cases)('%s', (_, host, odd) => {
    expect(oddIn(host)).toEqual(odd);
  });
});

/** @param forwarding Of the gateway. */
function routed(route: string, forwarding: number): Host {
  const spec: HostSpec = {
    ns1: { links: { veth0: { peer: 'ns2:veth1', addresses: ['10.0.0.1/24'] } }, routes: [route] },
    ns2: { links: { veth1: { addresses: ['10.0.0.2/24'] } }, sysctls: { 'net/ipv4/ip_forward': forwarding } },
  };
  return hostOf(spec);
}

test('topologyOf() says nothing of a gateway when its forwarding could not be read', () => {
  const host = tweakNetns(routed('default via 10.0.0.2', 0), 'ns2', ({ sysctls }) => ({
    sysctls: { ...sysctls, values: new Map(), unreadable: 'no permission' },
  }));
  expect(oddIn(host)).toEqual([]);
});

test('topologyOf() calls no device unused of which the routes could not be read', () => {
  const host = tweakNetns(pair({ addresses: [] }), 'ns1', () => ({ routes: { known: false, why: 'no permission' } }));
  expect(oddIn(host)).toEqual([]);
});

test('topologyOf() says of a gateway that forwards to itself nothing', () => {
  expect(oddIn(routed('10.0.0.2/32 via 10.0.0.2', 0))).toEqual([]);
});

function uplinks(): Host {
  return hostOf({
    ns1: {
      links: {
        eth0: { kind: 'physical', addresses: ['10.0.0.1/24'] },
        eth1: { kind: 'physical', addresses: ['10.0.0.2/24'] },
      },
    },
  });
}
