/**
 * An edit: one change to a host. It has two readings that must agree: the commands that make it (`commands.ts`) and
 * the host after it (`apply.ts`). A repair that cannot be applied to the model cannot be printed.
 *
 * @module
 */

import type { Address } from '../net/address.ts';
import type { Mac } from '../net/mac.ts';
import type { Port } from '../net/port.ts';
import type { Prefix } from '../net/prefix.ts';
import type { Interceptor } from './interceptor.ts';
import type { DeviceName, NetnsName, PortState } from './link.ts';
import type { Route } from './route.ts';
import type { DnatTarget } from './rule-action.ts';
import type { Hook, Machinery, RuleRef, TableFamily } from './ruleset.ts';
import type { SysctlKey } from './sysctl.ts';
import type { TrackedConnection } from './tracked-connection.ts';

/** The traffic that a filter or NAT rule of ours names; an absent part matches everything. */
export interface TrafficSelector {
  readonly family: 'inet' | 'inet6';
  readonly source?: Prefix;
  readonly destination?: Prefix;
  readonly inDevice?: DeviceName;
  readonly outDevice?: DeviceName;
  readonly protocol?: 'icmp' | 'icmpv6' | 'tcp' | 'udp';
  readonly destPort?: number;
  readonly sourcePort?: number;
  /** What finds neighbours, and nothing else: ARP (in a table of the bridge family), or one message of neighbour discovery. */
  readonly resolution?: 'arp' | 'solicitation' | 'advertisement';
}

/** Where an accepting rule goes: ahead of the rule (or into the chain whose policy) that stops the packet. */
export interface FilterPlace {
  readonly machinery: Machinery;
  readonly family: TableFamily;
  readonly table: string;
  readonly chain: string;
  readonly hook: Hook;
  /** `undefined`: at the head of the chain. */
  readonly before: RuleRef | undefined;
}

export type PortSwitch = 'isolated' | 'hairpin' | 'learning' | 'flood' | 'broadcastFlood' | 'multicastFlood';

/** What `bridge link set` changes of a port. */
export type PortSetting =
  | { readonly setting: PortSwitch; readonly on: boolean }
  | { readonly setting: 'state'; readonly state: PortState };

/** Narrow on `kind`. Each acts in one namespace. */
export type Edit = { readonly netns: NetnsName } & (
  | { readonly kind: 'link-up'; readonly device: DeviceName }
  | { readonly kind: 'link-master'; readonly device: DeviceName; readonly master: DeviceName | undefined }
  | { readonly kind: 'link-netns'; readonly device: DeviceName; readonly target: NetnsName }
  | { readonly kind: 'link-mtu'; readonly device: DeviceName; readonly mtu: number }
  | { readonly kind: 'link-arp'; readonly device: DeviceName; readonly arp: boolean }
  | { readonly kind: 'link-mac'; readonly device: DeviceName; readonly mac: Mac }
  /** Finish checksums before a packet is handed to the device: `ethtool -K DEV tx off`. */
  | { readonly kind: 'link-checksum'; readonly device: DeviceName }
  /** One setting of a bridge port. */
  | ({ readonly kind: 'bridge-port'; readonly device: DeviceName } & PortSetting)
  /** A static FDB entry of a bridge port. */
  | { readonly kind: 'fdb-delete'; readonly device: DeviceName; readonly mac: Mac; readonly vlan: number | undefined }
  /** Where a vxlan sends frames for a MAC: one more far end, or another one. */
  | {
      readonly kind: 'fdb-remote';
      readonly device: DeviceName;
      readonly mac: Mac;
      readonly destination: Address;
      readonly how: 'append' | 'replace';
    }
  /** The mode of one that is no passthru, which cannot be changed. */
  | { readonly kind: 'macvlan-mode'; readonly device: DeviceName; readonly mode: 'private' | 'vepa' | 'bridge' }
  /** A new one, in bridge mode, beside the device that it stands on. */
  | { readonly kind: 'macvlan-add'; readonly name: DeviceName; readonly lower: DeviceName }
  /** One VLAN in the table of a bridge's port, or of the bridge itself. */
  | {
      readonly kind: 'bridge-vlan';
      readonly device: DeviceName;
      readonly vid: number;
      readonly pvid: boolean;
      readonly untagged: boolean;
    }
  | { readonly kind: 'vxlan-remote'; readonly device: DeviceName; readonly remote: Address }
  /** A vxlan keeps its number and port for life: it is deleted, and made anew with all that hung on it. */
  | { readonly kind: 'vxlan-remake'; readonly device: DeviceName; readonly vni: number; readonly dstPort: Port }
  | {
      readonly kind: 'address-add';
      readonly device: DeviceName;
      readonly address: Address;
      readonly prefixLength: number;
    }
  | {
      readonly kind: 'address-delete';
      readonly device: DeviceName;
      readonly address: Address;
      readonly prefixLength: number;
    }
  | { readonly kind: 'route-add'; readonly route: Route }
  | { readonly kind: 'route-delete'; readonly route: Route }
  /** `ip route change`: the same destination, metric and table, another next hop. */
  | { readonly kind: 'route-change'; readonly from: Route; readonly to: Route }
  /** Take a qdisc, a filter or an XDP program off a device. */
  | { readonly kind: 'interceptor-delete'; readonly device: DeviceName; readonly interceptor: Interceptor }
  /** `ip route flush cache`: forget what was learned of the MTU of paths. */
  | { readonly kind: 'path-mtu-flush'; readonly family: 'inet' | 'inet6' }
  | { readonly kind: 'rule-delete'; readonly priority: number; readonly family: 'inet' | 'inet6' }
  | { readonly kind: 'neighbor-delete'; readonly device: DeviceName; readonly address: Address }
  /** The device answers for an address that is not its own. */
  | { readonly kind: 'neighbor-proxy'; readonly device: DeviceName; readonly address: Address }
  | { readonly kind: 'sysctl'; readonly key: SysctlKey; readonly value: string }
  | { readonly kind: 'filter-accept'; readonly place: FilterPlace; readonly traffic: TrafficSelector }
  /** Appended, or put ahead of `before` where an earlier rule would take the packet. */
  | {
      readonly kind: 'masquerade';
      readonly machinery: Machinery;
      readonly traffic: TrafficSelector;
      readonly before: RuleRef | undefined;
    }
  /** Another destination for the traffic: appended where destinations are translated at the hook, or ahead of `before`. */
  | {
      readonly kind: 'dnat';
      readonly machinery: Machinery;
      readonly hook: 'prerouting' | 'output';
      readonly traffic: TrafficSelector;
      readonly to: DnatTarget;
      readonly before: RuleRef | undefined;
    }
  /** Let conntrack forget a connection. */
  | { readonly kind: 'connection-delete'; readonly connection: TrackedConnection }
  /** Delete a rule of a filter or NAT chain. */
  | { readonly kind: 'filter-delete'; readonly rule: RuleRef }
);

/** One way to take a fault away: its edits run in order. */
export interface Repair {
  /** What it is for, in the imperative: "Add a route back to 10.0.1.0/24". */
  readonly intent: string;
  readonly edits: readonly Edit[];
  /** What else changes when it runs; `undefined` when nothing does that was not asked for. */
  readonly sideEffects: string | undefined;
}
