/**
 * Routes, policy rules and neighbours, as the kernel holds them.
 *
 * Source: ip-route(8), ip-rule(8), ip-neighbour(8); include/uapi/linux/rtnetlink.h, fib_rules.h, neighbour.h.
 *
 * @module
 */

import type { Address, Family } from '../net/address.ts';
import type { Mac } from '../net/mac.ts';
import type { Prefix } from '../net/prefix.ts';
import type { DeviceName } from './link.ts';

/** RTN_*: what the kernel does with a packet that the route matches. */
export type RouteType =
  | 'unicast'
  | 'local'
  | 'broadcast'
  | 'anycast'
  | 'multicast'
  | 'blackhole'
  | 'unreachable'
  | 'prohibit'
  | 'throw'
  | 'nat'
  | 'xresolve';

/** The numbers of the three tables that exist without being made. */
export const TABLE = { local: 255, main: 254, default: 253 } as const;

/** One way out of a route. */
export interface Nexthop {
  /** The gateway; `undefined` when the destination is on the link itself. May be of the other family (RFC 5549). */
  readonly via: Address | undefined;
  /** `undefined` for the types that need none, such as blackhole. */
  readonly device: DeviceName | undefined;
  readonly weight: number;
  /** RTNH_F_*: `onlink`, `linkdown`, `dead`, `pervasive` ... */
  readonly flags: readonly string[];
}

/** A route of any table. */
export interface Route {
  readonly family: Family;
  readonly type: RouteType;
  readonly table: number;
  readonly destination: Prefix;
  /** IPv6 only: routes may match on the source as well (`from`). */
  readonly from?: Prefix;
  readonly tos?: number;
  /** RTA_PRIORITY; lower wins. 0 when the kernel reports none. */
  readonly metric: number;
  readonly nexthops: readonly Nexthop[];
  /** RTA_PREFSRC: the source of packets that this host sends along it. */
  readonly prefsrc?: Address;
  /** RT_SCOPE_*, as iproute2 names it. */
  readonly scope: 'global' | 'site' | 'link' | 'host' | 'nowhere' | 'other';
  /** Who put it there: `kernel`, `boot`, `static`, `dhcp`, `ra`, `bird` ... */
  readonly protocol: string;
  readonly mtu?: number;
  /** Nexthop objects, encapsulations, realms ...: present, and not modelled. */
  readonly unmodelled: readonly string[];
}

/** What a policy rule does with a packet that it matches. */
export type RuleAction =
  | { readonly kind: 'lookup'; readonly table: number }
  | { readonly kind: 'goto'; readonly priority: number }
  | { readonly kind: 'nop' }
  | { readonly kind: 'blackhole' }
  | { readonly kind: 'unreachable' }
  | { readonly kind: 'prohibit' };

/** A policy rule (`ip rule`). An absent selector matches everything. */
export interface PolicyRule {
  readonly family: Family;
  readonly priority: number;
  readonly not: boolean;
  readonly from?: Prefix;
  readonly to?: Prefix;
  readonly iif?: DeviceName;
  readonly oif?: DeviceName;
  readonly fwmark?: { readonly value: number; readonly mask: number };
  readonly protocol?: number;
  readonly sourcePorts?: readonly [first: number, last: number];
  readonly destPorts?: readonly [first: number, last: number];
  readonly tos?: number;
  /** Ignore a result whose prefix is this short or shorter. */
  readonly suppressPrefixLength?: number;
  readonly action: RuleAction;
  /** RTPROT_* of the program that made it, where that says more than that it was not the kernel. */
  readonly madeBy?: string;
  /** Selectors that are there and not modelled (uidrange, l3mdev, suppress_ifgroup ...). */
  readonly unmodelled: readonly string[];
}

/** NUD_*. */
export type NeighborState =
  | 'permanent'
  | 'noarp'
  | 'reachable'
  | 'stale'
  | 'delay'
  | 'probe'
  | 'incomplete'
  | 'failed'
  | 'none';

/** An entry of the ARP / ND table, or (`proxy`) an address answered for. */
export interface Neighbor {
  readonly family: Family;
  readonly address: Address;
  readonly device: DeviceName;
  readonly mac: Mac | undefined;
  readonly state: NeighborState;
  readonly proxy: boolean;
}

/** An entry of a bridge's or a vxlan's forwarding database. */
export interface FdbEntry {
  readonly mac: Mac;
  /** The port (or the vxlan device itself) that it leads to. */
  readonly device: DeviceName;
  readonly master: DeviceName | undefined;
  readonly vlan: number | undefined;
  /** vxlan: the other end. */
  readonly destination: Address | undefined;
  readonly destinationPort?: number;
  readonly vni?: number;
  /** `permanent` (an own address of the bridge), `static`, `dynamic` (learned). */
  readonly state: 'permanent' | 'static' | 'dynamic';
  readonly flags: readonly string[];
}
