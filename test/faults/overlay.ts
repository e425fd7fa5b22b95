/**
 * Two machines, m1 and m2, with a vxlan each between their bridges, and a container behind each bridge: c1 10.42.0.11,
 * c2 10.42.0.12. Nothing is wrong with it but what a test changes.
 *
 * @module
 */

import type { Host } from '../../src/host/host.ts';
import { hostOf, type LinkSpec, type NetnsSpec } from '../helpers/build-host.ts';
import { addr } from '../helpers/iproute-text.ts';

type Detail = Readonly<Record<string, unknown>>;

export function overlay(
  change: {
    vx1?: Detail;
    vx2?: Detail;
    link1?: Partial<LinkSpec>;
    link2?: Partial<LinkSpec>;
    m1?: Pick<NetnsSpec, 'links' | 'fdb'>;
    c1?: NetnsSpec;
    m2?: Partial<NetnsSpec>;
    wire?: Partial<LinkSpec>;
    others?: Readonly<Record<string, NetnsSpec>>;
  } = {},
): Host {
  return hostOf({
    c1: { ...change.c1, links: { eth0: { peer: 'm1:p1', addresses: ['10.42.0.11/24'] }, ...change.c1?.links } },
    m1: {
      links: {
        eth0: { peer: 'm2:eth0', addresses: ['192.168.0.1/24'] },
        br0: { kind: 'bridge' },
        p1: { master: 'br0' },
        vx0: {
          kind: 'vxlan',
          master: 'br0',
          detail: { remote: addr('192.168.0.2'), local: addr('192.168.0.1'), ...change.vx1 },
          ...change.link1,
        },
        ...change.m1?.links,
      },
      fdb: change.m1?.fdb ?? [],
    },
    m2: {
      links: {
        eth0: { addresses: ['192.168.0.2/24'], ...change.wire },
        br0: { kind: 'bridge' },
        p2: { master: 'br0' },
        vx0: {
          kind: 'vxlan',
          master: 'br0',
          detail: { remote: addr('192.168.0.1'), local: addr('192.168.0.2'), ...change.vx2 },
          ...change.link2,
        },
      },
      ...change.m2,
    },
    c2: { links: { eth0: { peer: 'm2:p2', addresses: ['10.42.0.12/24'] } } },
    ...change.others,
  });
}

/** What is asked of it. */
export const ACROSS = 'c1 10.42.0.12';
