/**
 * How a journey ends and, where the kernel does not pass the packet on, why, in its own terms. Causes (fault codes) are
 * the next layer's word: an interface that is down shows here as "no route", and `faults/` names the interface.
 *
 * @module
 */

import type { Interceptor } from '../host/interceptor.ts';
import type { DeviceName, DeviceRef, NetnsName } from '../host/link.ts';
import type { PathMtu } from '../host/path-mtu.ts';
import type { Neighbor, PolicyRule, Route } from '../host/route.ts';
import type { CtState, Hook, RuleRef } from '../host/ruleset.ts';
import type { ListeningSocket } from '../host/socket.ts';
import type { Address } from '../net/address.ts';
import type { Mac } from '../net/mac.ts';
import type { Port } from '../net/port.ts';
import type { Packet } from './packet.ts';
import type { RouteLookup, Step } from './step.ts';

/** How a journey ends. `undecided` is an answer: it lists what we could not know. */
export type Fate =
  | { readonly kind: 'delivered'; readonly netns: NetnsName }
  | {
      readonly kind: 'dropped';
      readonly netns: NetnsName;
      readonly device: DeviceName | undefined;
      readonly reason: DropReason;
    }
  /** It left by a device behind which there is no namespace of ours. */
  | { readonly kind: 'left-host'; readonly netns: NetnsName; readonly device: DeviceName }
  | {
      readonly kind: 'undecided';
      readonly netns: NetnsName;
      readonly because: readonly string[];
      /** What may have taken it: the wire can tell. */
      readonly suspects?: readonly Suspect[];
    };

/** Something of which nobody knows which frames it takes, on the way of this one. */
export interface Suspect {
  readonly at: DeviceRef;
  readonly interceptor: Interceptor;
}

/** Where a frame (an ARP request as well) could not go on within a segment, and why. */
export interface SegmentBlock {
  readonly at: DeviceRef;
  readonly because:
    | 'link-down'
    | 'no-carrier'
    | 'peer-unseen'
    | 'port-not-forwarding'
    | 'port-isolated'
    | 'hairpin-off'
    | 'no-flood'
    /** Sender and destination have one MAC: the bridge has just learned it where the frame came in. */
    | 'same-mac'
    | 'filtered'
    | 'tunnel'
    /** A tunnel whose forwarding database sends the frame nowhere. */
    | 'no-fdb'
    /** A macvlan and its parent, or two macvlans whose modes keep them apart. */
    | 'macvlan-isolated'
    /** A tagged frame came to a device on which no VLAN device takes that tag. */
    | 'vlan-untaken'
    /** A port's VLAN table keeps the frame from coming in, or from going out. */
    | 'vlan-filtered'
    /** A qdisc or filter of the device takes every frame. */
    | 'intercepted'
    | 'unmodelled'
    | 'unread';
  /** The rule that filtered it, the kind of device that is not modelled, or why something could not be read. */
  readonly detail?: string;
  /** The frame's VLAN, where that stopped it; `undefined`: it had none. */
  readonly vlan?: number | undefined;
  /** Which of them a port is not flooded with. */
  readonly frames?: 'broadcast' | 'multicast' | 'unicast';
  readonly direction?: 'in' | 'out';
  /** The rule of the bridge or arp family that takes ARP. */
  readonly filter?: { readonly hook: Hook; readonly rule: RuleRef };
  /** What takes the frame there, or may. */
  readonly interceptor?: Interceptor;
  /** What became of the packet that wrapped it, when a tunnel did not get it through. */
  readonly underlay?: { readonly steps: readonly Step[]; readonly fate: Fate };
}

/** What a search of the segment for the next hop found. */
export interface SegmentSearch {
  readonly nexthop: Address;
  /** Devices that the request reached and whose namespaces could have answered. */
  readonly reached: readonly DeviceRef[];
  readonly blocks: readonly SegmentBlock[];
}

/** What source validation found that did not do. */
export interface WayBack {
  /** 1 wants the way back by the device that the packet came in by, 2 any. */
  readonly mode: number;
  /** The route back; `undefined`: none was found. */
  readonly reverse: Route | undefined;
  readonly reverseDevice: DeviceName | undefined;
  /** What ended the search for a route back, where it was no want of routes. */
  readonly refusal: Refusal | undefined;
}

/** A route or a policy rule that refuses by its type. */
export type Refusal =
  | {
      readonly kind: 'route-type';
      readonly type: 'blackhole' | 'unreachable' | 'prohibit' | 'throw';
      readonly route: Route;
      /** The one that led to its table. */
      readonly rule: PolicyRule;
    }
  | {
      readonly kind: 'rule-action';
      readonly action: 'blackhole' | 'unreachable' | 'prohibit';
      readonly rule: PolicyRule;
    };

/** Why the owner of the address, though reached, kept silent. */
export type ArpSilence =
  | { readonly kind: 'arp-ignore'; readonly owner: DeviceRef; readonly value: number }
  | ({ readonly kind: 'rp-filter'; readonly owner: DeviceRef; readonly sender: Address } & WayBack)
  /** arp_filter: an answer to the asker would be routed to another device. */
  | { readonly kind: 'arp-filter'; readonly owner: DeviceRef }
  /** The asker asks by an address that the owner has itself. */
  | { readonly kind: 'asker-is-us'; readonly owner: DeviceRef; readonly sender: Address }
  | { readonly kind: 'noarp'; readonly owner: DeviceRef }
  | { readonly kind: 'address-not-ready'; readonly owner: DeviceRef; readonly flag: string };

/**
 * Who finds a packet too long. The sender's own kernel tells the socket; a router tells the sender by ICMP; a device
 * that is handed the frame (a veth end, a bridge port) tells nobody.
 */
export type TooLongBy =
  | { readonly kind: 'sender'; readonly limit: MtuLimit }
  /** `word`: what became of the ICMP error; `undefined` while that has not been walked. */
  | { readonly kind: 'router'; readonly limit: MtuLimit; readonly word: RoutersWord | undefined }
  | { readonly kind: 'device' };

/** What sets the limit: the device, a route's `mtu`, or what was learned of the path before. */
export type MtuLimit =
  | { readonly kind: 'device' }
  | { readonly kind: 'route'; readonly route: Route }
  | { readonly kind: 'learned'; readonly learned: PathMtu };

/** The way of a router's ICMP error to the sender of the packet that it is about. */
export interface RoutersWord {
  readonly packet: Packet | undefined;
  readonly steps: readonly Step[];
  readonly fate: Fate;
}

/** Narrow on `kind`. Every member names what was consulted. */
export type DropReason =
  | { readonly kind: 'no-route'; readonly lookup: RouteLookup }
  | {
      readonly kind: 'route-type';
      readonly lookup: RouteLookup;
      readonly type: 'blackhole' | 'unreachable' | 'prohibit' | 'throw';
      readonly route: Route;
      readonly rule: PolicyRule;
    }
  | {
      readonly kind: 'rule-action';
      readonly lookup: RouteLookup;
      readonly action: 'blackhole' | 'unreachable' | 'prohibit';
      readonly rule: PolicyRule;
    }
  /** The kernel finds a route but no source address to send from. */
  | { readonly kind: 'no-source'; readonly route: Route }
  | { readonly kind: 'source-not-ours'; readonly source: Address }
  | { readonly kind: 'egress-down'; readonly route: Route | undefined }
  | { readonly kind: 'no-carrier'; readonly route: Route | undefined }
  /** ARP or ND for the next hop stays without an answer. */
  | {
      readonly kind: 'neighbor-unanswered';
      readonly nexthop: Address;
      readonly route: Route;
      readonly search: SegmentSearch;
      readonly silence: ArpSilence | undefined;
    }
  /** The frame was addressed to a MAC that nobody on the segment has. */
  | {
      readonly kind: 'mac-unowned';
      readonly nexthop: Address;
      readonly mac: Mac;
      readonly entry: Neighbor;
      readonly search: SegmentSearch;
    }
  /** The frame, addressed to its owner, could not cross the segment. */
  | { readonly kind: 'frame-blocked'; readonly block: SegmentBlock; readonly mac: Mac | undefined }
  | { readonly kind: 'not-forwarding'; readonly inDevice: DeviceName; readonly key: string; readonly value: number }
  | ({ readonly kind: 'rp-filter'; readonly inDevice: DeviceName; readonly source: Address } & WayBack)
  | { readonly kind: 'martian-source' | 'martian-destination'; readonly address: Address; readonly because: string }
  /** `rule.position` 0 is the chain's policy. `bridged`: br_netfilter or a bridge table did it to a bridged frame. */
  | {
      readonly kind: 'filtered';
      readonly hook: Hook;
      readonly rule: RuleRef;
      readonly verdict: 'drop' | 'reject';
      readonly with: string | undefined;
      readonly bridged: boolean;
      readonly packet: Packet;
      /** What conntrack of the namespace makes of it; absent where it has not looked at it. */
      readonly ctState?: CtState;
      readonly inDevice: DeviceName | undefined;
      readonly outDevice: DeviceName | undefined;
    }
  /** Conntrack has no room for the connection that the packet opens. */
  | { readonly kind: 'conntrack-full'; readonly count: number; readonly max: number }
  | {
      readonly kind: 'mtu-exceeded';
      readonly packet: Packet;
      readonly lengthBytes: number;
      readonly mtu: number;
      readonly at: DeviceRef;
      readonly by: TooLongBy;
    }
  /** A qdisc on the device has no room for a frame of that length. */
  | {
      readonly kind: 'intercepted';
      readonly at: DeviceRef;
      readonly interceptor: Interceptor;
      readonly frameBytes: number;
    }
  | { readonly kind: 'ttl-exceeded'; readonly visited: readonly DeviceRef[] }
  | { readonly kind: 'echo-ignored'; readonly key: string }
  /** Nobody listens there; `others` listen on the same port elsewhere. */
  | {
      readonly kind: 'no-socket';
      readonly protocol: 'tcp' | 'udp';
      readonly address: Address;
      readonly port: Port;
      readonly others: readonly ListeningSocket[];
    }
  /** The answer comes from an address that was not asked, and the asker does not take it. */
  | { readonly kind: 'reply-not-recognised'; readonly expected: Address; readonly got: Address }
  | { readonly kind: 'family-disabled'; readonly key: string }
  /** A tunnel's packet came to a namespace where no tunnel of that number takes it. `here`: the vxlans that there are. */
  | {
      readonly kind: 'tunnel-unmatched';
      readonly vni: number;
      readonly port: Port;
      readonly here: readonly DeviceRef[];
    }
  /** Multicast or broadcast destinations: a host answers them by other rules. */
  | { readonly kind: 'broadcast-destination'; readonly address: Address; readonly route: Route | undefined };
