/**
 * The networks in which fault rules are tried: a healthy one each, and what a test takes away from it.
 *
 * @module
 */

import type { Host } from '../../src/host/host.ts';
import { type HostSpec, hostOf, type LinkSpec, type NetnsSpec } from '../helpers/build-host.ts';

type Change = Partial<LinkSpec>;
type NetnsChange = Partial<NetnsSpec>;

/** ns1 veth0 10.0.0.1/24 and ns2 veth1 10.0.0.2/24, wired to each other. */
export function pair(change: { veth0?: Change; veth1?: Change; ns1?: NetnsChange; ns2?: NetnsChange } = {}): Host {
  return hostOf({
    ns1: {
      links: { veth0: { peer: 'ns2:veth1', addresses: ['10.0.0.1/24', 'fd00::1/64'], ...change.veth0 } },
      ...change.ns1,
    },
    ns2: { links: { veth1: { addresses: ['10.0.0.2/24', 'fd00::2/64'], ...change.veth1 } }, ...change.ns2 },
  });
}

/** ns1 10.0.0.1 and ns2 10.0.0.2 on the ports p1 and p2 of br0, which is in ns `sw` and has no address; `free` are on none. */
export function bridged(
  change: {
    br0?: Change;
    p1?: Change;
    p2?: Change;
    eth1?: Change;
    eth2?: Change;
    sw?: NetnsChange;
    ns1?: NetnsChange;
    free?: readonly ('p1' | 'p2')[];
  } = {},
): Host {
  return hostOf({
    ns1: {
      links: { eth0: { peer: 'sw:p1', addresses: ['10.0.0.1/24', 'fd00::1/64'], ...change.eth1 } },
      ...change.ns1,
    },
    ns2: { links: { eth0: { peer: 'sw:p2', addresses: ['10.0.0.2/24', 'fd00::2/64'], ...change.eth2 } } },
    sw: {
      links: {
        br0: { kind: 'bridge', ...change.br0 },
        p1: { ...(change.free?.includes('p1') ? {} : { master: 'br0' }), ...change.p1 },
        p2: { ...(change.free?.includes('p2') ? {} : { master: 'br0' }), ...change.p2 },
      },
      ...change.sw,
    },
  });
}

/** ns1 10.0.1.1 - r1 - r2 - ns2 10.0.2.1, with a static route each way in both routers. */
export function chain(
  change: {
    ns1?: NetnsChange;
    r1?: NetnsChange;
    r2?: NetnsChange;
    ns2?: NetnsChange;
    r1b?: Change;
    r2a?: Change;
    r2b?: Change;
    e0?: Change;
  } = {},
): Host {
  return hostOf({
    ns1: {
      links: { e0: { peer: 'r1:a', addresses: ['10.0.1.1/24'], ...change.e0 } },
      routes: ['default via 10.0.1.254'],
      ...change.ns1,
    },
    r1: {
      links: { a: { addresses: ['10.0.1.254/24'] }, b: { peer: 'r2:a', addresses: ['10.0.12.1/24'], ...change.r1b } },
      routes: ['10.0.2.0/24 via 10.0.12.2'],
      sysctls: { 'net/ipv4/ip_forward': 1 },
      ...change.r1,
    },
    r2: {
      links: {
        a: { addresses: ['10.0.12.2/24'], ...change.r2a },
        b: { peer: 'ns2:e0', addresses: ['10.0.2.254/24'], ...change.r2b },
      },
      routes: ['10.0.1.0/24 via 10.0.12.1'],
      sysctls: { 'net/ipv4/ip_forward': 1 },
      ...change.r2,
    },
    ns2: { links: { e0: { addresses: ['10.0.2.1/24'] } }, routes: ['default via 10.0.2.254'], ...change.ns2 },
  });
}

/**
 * ns1 192.168.10.11 behind br0 192.168.10.1 of the host, which forwards to `wan`, 203.0.113.2, without translating:
 * nothing is wrong but that.
 */
export function behindBridge(
  change: { br0?: Change; port?: Change; eth0?: Change; host?: NetnsChange; ns1?: NetnsChange; wan?: NetnsChange } = {},
): Host {
  const spec: HostSpec = {
    host: {
      links: {
        br0: { kind: 'bridge', addresses: ['192.168.10.1/24'], ...change.br0 },
        'br0.1': { peer: 'ns1:eth0', master: 'br0', ...change.port },
        up0: { peer: 'wan:eth0', addresses: ['203.0.113.1/24'] },
      },
      sysctls: { 'net/ipv4/ip_forward': 1 },
      ...change.host,
    },
    ns1: {
      links: { eth0: { addresses: ['192.168.10.11/24'], ...change.eth0 } },
      routes: ['default via 192.168.10.1'],
      ...change.ns1,
    },
    wan: { links: { eth0: { addresses: ['203.0.113.2/24'] } }, ...change.wan },
  };
  return hostOf(spec);
}
