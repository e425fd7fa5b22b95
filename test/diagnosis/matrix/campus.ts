/**
 * Two nets of two hosts each, and the router between them.
 *
 * @module
 */

import type { Host } from '../../../src/host/host.ts';
import { hostOf, type NetnsSpec } from '../../helpers/build-host.ts';

interface Differences {
  readonly a1?: NetnsSpec;
  readonly router?: NetnsSpec;
}

/** @param differs What is not as it should be. */
export function campus({ a1 = {}, router = {} }: Differences = {}): Host {
  const station = (net: string, number: number): NetnsSpec => ({
    links: { eth0: { addresses: [`10.0.${net}.${number}/24`] } },
    routes: [`default via 10.0.${net}.254`],
  });
  const port = (peer: string, master: string) => ({ peer: `${peer}:eth0`, master });
  return hostOf({
    a1: { ...station('1', 1), ...a1 },
    a2: station('1', 2),
    b1: station('2', 1),
    b2: station('2', 2),
    r: {
      links: {
        bra: { kind: 'bridge', addresses: ['10.0.1.254/24'] },
        brb: { kind: 'bridge', addresses: ['10.0.2.254/24'] },
        pa1: port('a1', 'bra'),
        pa2: port('a2', 'bra'),
        pb1: port('b1', 'brb'),
        pb2: port('b2', 'brb'),
      },
      sysctls: { 'net/ipv4/ip_forward': 1 },
      ...router,
    },
  });
}
