/**
 * What `ip -d -j link` prints of one kind of device (`info_data`) or port (`info_slave_data`), as schemas.
 *
 * Source: ip/iplink_bridge.c, iplink_bridge_slave.c, iplink_vxlan.c, iplink_macvlan.c and iplink_vlan.c of iproute2 6.1: bridges print their switches
 * as numbers, ports and tunnels as booleans.
 *
 * @module
 */

import * as v from 'valibot';

const Switch = v.union([v.boolean(), v.picklist([0, 1])]);

export type Switch = v.InferOutput<typeof Switch>;

/** A port of a bridge. */
export const PortData = v.looseObject({
  state: v.picklist(['disabled', 'blocking', 'listening', 'learning', 'forwarding']),
  /** Since Linux 4.18; before, no port was. */
  isolated: v.optional(Switch),
  hairpin: Switch,
  learning: Switch,
  flood: Switch,
  /** Since Linux 4.12 and 4.9; before, all of it was flooded. */
  bcast_flood: v.optional(Switch, true),
  mcast_flood: v.optional(Switch, true),
});

export type PortData = v.InferOutput<typeof PortData>;

/** A bridge. */
export const BridgeData = v.looseObject({
  /** 0 off, 1 the kernel's, 2 a program's. */
  stp_state: v.number(),
  vlan_filtering: v.optional(Switch),
  vlan_protocol: v.optional(v.string(), '802.1Q'),
  /** Absent where the kernel is built without br_netfilter. */
  nf_call_iptables: v.optional(Switch),
  nf_call_ip6tables: v.optional(Switch),
});

export const MacvlanData = v.looseObject({
  mode: v.picklist(['private', 'vepa', 'bridge', 'passthru', 'source']),
});

export const VlanData = v.looseObject({
  protocol: v.string(),
  id: v.number(),
  flags: v.optional(v.array(v.string()), []),
});

/** A vxlan tunnel. */
export const VxlanData = v.looseObject({
  id: v.number(),
  port: v.number(),
  remote: v.optional(v.string()),
  remote6: v.optional(v.string()),
  group: v.optional(v.string()),
  group6: v.optional(v.string()),
  local: v.optional(v.string()),
  local6: v.optional(v.string()),
  link: v.optional(v.string()),
  learning: Switch,
  /** 0, or nothing: what the kernel gives to any packet. */
  ttl: v.optional(v.number(), 0),
  external: v.optional(Switch),
});

export function isOn(value: Switch | undefined): boolean {
  return value === true || value === 1;
}

/** Those of the keys that are switched on, as the words that name them. */
export function onKeys(data: Readonly<Record<string, unknown>>, keys: readonly string[]): readonly string[] {
  return keys.filter((key) => data[key] === true || data[key] === 1);
}
