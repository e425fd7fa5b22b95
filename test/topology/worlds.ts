/**
 * Hosts that topologies are made of, in tests: small worlds with what each kind of wire needs.
 *
 * @module
 */

import type { Host } from '../../src/host/host.ts';
import { hostOf, type NetnsSpec } from '../helpers/build-host.ts';

/** Two containers on a bridge of the host, which leads out by eth0. */
export function bridged(over: Readonly<Record<string, NetnsSpec>> = {}): Host {
  return hostOf({
    host: {
      links: {
        eth0: { kind: 'physical', addresses: ['192.0.2.1/24'] },
        br0: { kind: 'bridge', addresses: ['10.0.0.254/24'] },
        p1: { peer: 'ns1:eth0', master: 'br0' },
        p2: { peer: 'ns2:eth0', master: 'br0' },
      },
      sysctls: { 'net/ipv4/ip_forward': 1 },
    },
    ns1: { links: { eth0: { addresses: ['10.0.0.1/24'] } }, routes: ['default via 10.0.0.254'] },
    ns2: { links: { eth0: { addresses: ['10.0.0.2/24'] } }, routes: ['default via 10.0.0.254'] },
    ...over,
  });
}

/** Two machines with a tunnel between them; `far` changes the vxlan of the second. */
export function overlay(far: Readonly<Record<string, unknown>> = {}): Host {
  return hostOf({
    m1: {
      links: {
        eth0: { peer: 'm2:eth0', addresses: ['192.168.0.1/24'] },
        vx0: { kind: 'vxlan', addresses: ['10.9.0.1/24'], detail: { remote: '192.168.0.2' } },
      },
    },
    m2: {
      links: {
        eth0: { addresses: ['192.168.0.2/24'] },
        vx0: { kind: 'vxlan', addresses: ['10.9.0.2/24'], detail: { remote: '192.168.0.1', ...far } },
      },
    },
  });
}

/** Containers that share the host's wire, and a VLAN on it. */
export function stacked(): Host {
  return hostOf({
    host: {
      links: {
        eth0: { kind: 'physical', addresses: ['192.0.2.1/24'] },
        'eth0.7': { kind: 'vlan', addresses: ['10.7.0.1/24'], detail: { lower: 'host:eth0', id: 7 } },
      },
    },
    c1: { links: { mv0: { kind: 'macvlan', addresses: ['192.0.2.11/24'], detail: { lower: 'host:eth0' } } } },
  });
}

/** So many containers on one bridge. */
export function crowd(count: number): Host {
  const numbers = Array.from({ length: count }, (_, index) => index + 1);
  return hostOf({
    host: {
      links: {
        br0: { kind: 'bridge', addresses: ['10.0.0.254/24'] },
        ...Object.fromEntries(numbers.map((n) => [`p${n}`, { peer: `ns${n}:eth0`, master: 'br0' }])),
      },
    },
    ...Object.fromEntries(numbers.map((n) => [`ns${n}`, { links: { eth0: { addresses: [`10.0.0.${n}/24`] } } }])),
  });
}

/** Names that would be code in a page, a shell or a diagram. */
export function hostile(): Host {
  return hostOf({
    '<script>alert(1)</script>': { links: { '<img onerror=x>': { peer: '"];x[":$(id)', addresses: ['10.0.0.1/24'] } } },
    '"];x["': { links: { '$(id)': { addresses: ['10.0.0.2/24'] }, '-x--\u202e': { kind: 'dummy' } } },
  });
}

/** Devices inside of a namespace, beside those by which it is wired: joined to them, to each other, and to nothing. */
export function cluttered(): Host {
  return hostOf({
    host: {
      links: {
        eth0: { kind: 'physical', addresses: ['192.0.2.1/24'] },
        d0: { kind: 'dummy', addresses: ['10.1.0.1/24'] },
        br0: { kind: 'bridge' },
        one: { peer: 'host:two', addresses: ['10.2.0.1/24'] },
        two: { addresses: ['10.2.0.2/24'] },
        a0: { peer: 'ns1:eth0' },
        mv: { kind: 'macvlan', addresses: ['192.0.2.9/24'], detail: { lower: 'host:eth0' } },
      },
    },
    ns1: { links: { lo: { up: false }, eth0: { up: false } } },
  });
}

/** What README.md shows: a machine with containers on a bridge, one of them not plugged in, and an overlay to another machine. */
export function showcase(): Host {
  return hostOf({
    host: {
      links: {
        eth0: { kind: 'physical', addresses: ['192.0.2.10/24'] },
        br0: { kind: 'bridge', addresses: ['10.0.0.254/24'] },
        web0: { peer: 'web:eth0', master: 'br0' },
        api0: { peer: 'api:eth0', master: 'br0' },
        jobs0: { peer: 'jobs:eth0' },
        lab: { peer: 'lab:uplink', addresses: ['192.168.7.1/24'] },
        ovl: { kind: 'bridge' },
        vx0: { kind: 'vxlan', master: 'ovl', detail: { vni: 42, remote: '192.168.7.2' } },
        db0: { peer: 'db:eth0', master: 'ovl' },
      },
      sysctls: { 'net/ipv4/ip_forward': 1 },
    },
    web: { links: { eth0: { addresses: ['10.0.0.1/24'] } }, routes: ['default via 10.0.0.254'] },
    api: { links: { eth0: { addresses: ['10.0.0.2/24'] } }, routes: ['default via 10.0.0.254'] },
    jobs: { links: { eth0: { addresses: ['10.0.0.3/24'] } } },
    db: { links: { eth0: { addresses: ['10.42.0.1/24'] } } },
    lab: {
      links: {
        uplink: { addresses: ['192.168.7.2/24'] },
        vx0: { kind: 'vxlan', addresses: ['10.42.0.9/24'], mtu: 1450, detail: { vni: 42, remote: '192.168.7.1' } },
      },
    },
  });
}
