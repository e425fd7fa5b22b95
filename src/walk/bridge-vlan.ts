/**
 * VLAN filtering of a bridge: which VLAN a frame is in once it is in the bridge, and whether, and with which tag, it
 * leaves by a port. The bridge's own namespace is a port like any other, with a table of its own.
 *
 * A frame without a tag is in the VLAN of the port's PVID; without a PVID it is dropped. A port lets in and out only
 * frames of VLANs that are in its table, and takes the tag off where the entry says `untagged`.
 *
 * Limit: 802.1Q alone; this kernel has no VLAN filtering, so nothing here was held to it. Source: net/bridge/br_vlan.c
 * br_allowed_ingress(), br_allowed_egress(), br_handle_vlan(); bridge(8).
 *
 * @module
 */

import type { BridgeVlan } from '../host/link.ts';
import type { SegmentBlock } from '../journey/fate.ts';
import type { Device } from './netns-index.ts';

/** The tag that a frame carries; `undefined`: none. */
export type Tag = number | undefined;

/** The VLAN, or why the port does not let the frame in. `undefined`: the bridge does not look at VLANs. */
export function enterVlan(bridge: Device, port: Device, tag: Tag): { readonly vlan: Tag } | SegmentBlock {
  if (!filters(bridge)) return { vlan: tag };
  const table = tableOf(port);
  const vlan = tag ?? table.find(({ pvid }) => pvid)?.vid;
  if (vlan === undefined) return { at: port.ref, because: 'vlan-filtered', direction: 'in', vlan: undefined };
  return table.some(({ vid }) => vid === vlan)
    ? { vlan }
    : { at: port.ref, because: 'vlan-filtered', direction: 'in', vlan };
}

/** The tag under which a frame of the VLAN leaves by the port, or why it does not. */
export function leaveVlan(bridge: Device, port: Device, vlan: Tag): { readonly tag: Tag } | SegmentBlock {
  if (!filters(bridge)) return { tag: vlan };
  const entry = tableOf(port).find(({ vid }) => vid === vlan);
  if (entry === undefined) return { at: port.ref, because: 'vlan-filtered', direction: 'out', vlan };
  return { tag: entry.untagged ? undefined : vlan };
}

export function filters({ link: { detail } }: Device): boolean {
  return detail.kind === 'bridge' && detail.vlanFiltering;
}

function tableOf({ netns, link }: Device): readonly BridgeVlan[] {
  const { bridgeVlans } = netns.netns;
  return bridgeVlans.known ? bridgeVlans.value.filter(({ device }) => device === link.name) : [];
}
