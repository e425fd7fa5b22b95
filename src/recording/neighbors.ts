/**
 * `ip -j neigh show nud all` and `ip -j neigh show proxy` to neighbour entries. Left out: the kernel's own for groups,
 * which no packet of ours asks for.
 *
 * Source: ip/ipneigh.c print_neigh() of iproute2 6.1; net/core/neighbour.c pneigh_lookup().
 *
 * @module
 */

import * as v from 'valibot';
import { type Fact, known } from '../host/fact.ts';
import type { DeviceName } from '../host/link.ts';
import type { Neighbor, NeighborState } from '../host/route.ts';
import { familyOf, isMulticast } from '../net/address.ts';
import { AddressField, DeviceField, MacField } from './fields.ts';
import { rowsOf } from './output.ts';
import type { RecordedNamespace } from './recording.ts';

const NeighborRow = v.looseObject({
  dst: AddressField,
  dev: DeviceField,
  /** Absent while nobody has answered; of another form on tunnels (an IP address). */
  lladdr: v.optional(v.string()),
  /** Absent for NUD_NONE. */
  state: v.optional(v.array(v.string()), []),
});

const ProxyRow = v.looseObject({ dst: AddressField, dev: v.optional(DeviceField) });

const STATES: readonly NeighborState[] = [
  ...(['permanent', 'noarp', 'reachable', 'stale', 'delay', 'probe', 'incomplete', 'failed', 'none'] as const),
];

/** @param devices All devices of the namespace: a proxy entry without a device counts for each of them. */
export function neighborsOf(
  namespace: RecordedNamespace,
  devices: Fact<readonly DeviceName[]>,
): Fact<readonly Neighbor[]> {
  const entries = rowsOf(namespace, 'neigh', NeighborRow);
  const proxies = rowsOf(namespace, 'neigh-proxy', ProxyRow);
  if (!entries.known) return entries;
  if (!proxies.known) return proxies;
  const proxied: Neighbor[] = [];
  for (const { dst, dev } of proxies.value) {
    if (dev === undefined && !devices.known) return devices;
    const answering = dev === undefined ? (devices.known ? devices.value : []) : [dev];
    for (const device of answering) {
      proxied.push({ family: familyOf(dst), address: dst, device, mac: undefined, state: 'none', proxy: true });
    }
  }
  const learned = entries.value.filter(({ dst }) => !isMulticast(dst)).map(neighborOf);
  return known([...learned, ...proxied], entries.source);
}

function neighborOf(row: v.InferOutput<typeof NeighborRow>): Neighbor {
  const mac = v.safeParse(MacField, row.lladdr);
  const words = row.state.map((word) => word.toLowerCase());
  return {
    family: familyOf(row.dst),
    address: row.dst,
    device: row.dev,
    mac: mac.success ? mac.output : undefined,
    state: STATES.find((state) => words.includes(state)) ?? 'none',
    proxy: false,
  };
}
