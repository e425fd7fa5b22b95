/**
 * The path of one packet: steps, in order, and how it ended. Predicted by the walk or seen on the wire, in one shape.
 *
 * @module
 */

import type { Fact } from '../host/fact.ts';
import type { DeviceName, DeviceRef, NetnsName } from '../host/link.ts';
import type { Nexthop, PolicyRule, Route } from '../host/route.ts';
import type { Hook, RuleRef } from '../host/ruleset.ts';
import type { Address } from '../net/address.ts';
import type { Mac } from '../net/mac.ts';
import type { DropReason } from './drop.ts';
import type { Packet } from './packet.ts';

/** Which way the packet goes: towards the destination asked about, or back. */
export type Leg = 'request' | 'reply';

/** What a routing decision was asked. */
export interface RouteLookup {
  readonly destination: Address;
  readonly source: Address | undefined;
  /** `undefined` for what this host sends itself. */
  readonly inDevice: DeviceName | undefined;
  readonly mark: number;
}

/** One thing that the kernel did with the packet, with what it consulted. Narrow on `stage`. */
export type Step = {
  readonly netns: NetnsName;
  readonly device: DeviceName | undefined;
} /** A socket (or the ICMP layer) made the packet; `device` is not known yet. */ & (
  | { readonly stage: 'send'; readonly packet: Packet }
  /** The routing decision; `device` is the way out. */
  | {
      readonly stage: 'route';
      readonly lookup: RouteLookup;
      readonly rule: PolicyRule;
      readonly route: Route;
      readonly nexthop: Nexthop | undefined;
      readonly source: Address | undefined;
    }
  /** Reverse-path validation on the ingress device. `mode`: the effective rp_filter, 0 off, 1 strict, 2 loose. */
  | { readonly stage: 'rp-filter'; readonly mode: number; readonly reverse: Route | undefined }
  /** Whether the ingress device forwards. */
  | { readonly stage: 'forward-gate'; readonly forwarding: Fact<number> }
  /** A netfilter hook was passed; `rules` are those that matched and decided (accepts, jumps). */
  | {
      readonly stage: 'netfilter';
      readonly hook: Hook;
      readonly bridged: boolean;
      readonly rules: readonly RuleRef[];
      readonly chains: number;
    }
  /** Translation. `rule` is `undefined` when conntrack undid or repeated an earlier one without asking the rules. */
  | {
      readonly stage: 'nat';
      readonly hook: Hook;
      readonly rule: RuleRef | undefined;
      readonly before: Packet;
      readonly after: Packet;
    }
  /** Whose MAC the frame is sent to, and how that is known. `owner`: the device of that address or MAC. */
  | {
      readonly stage: 'neighbor';
      readonly nexthop: Address;
      readonly mac: Mac | undefined;
      readonly by: 'permanent' | 'cached' | 'resolved';
      readonly owner: DeviceRef | undefined;
    }
  /** The packet leaves through the device; tcpdump on it sees it. */
  | { readonly stage: 'egress'; readonly packet: Packet }
  /** The packet arrives at the device; tcpdump on it sees it. */
  | { readonly stage: 'ingress'; readonly packet: Packet }
  /** The bridge (`device`) takes the frame from one of its ports, or from itself, to others. */
  | {
      readonly stage: 'bridge';
      readonly from: DeviceName;
      readonly to: readonly DeviceName[];
      readonly how: 'fdb' | 'flood' | 'local';
    }
  /** The tunnel (`device`) wraps the packet into `outer`, or unwraps it. */
  | { readonly stage: 'encapsulate'; readonly vni: number; readonly remote: Address; readonly outer: Packet }
  | { readonly stage: 'decapsulate'; readonly vni: number; readonly packet: Packet }
  /** It arrived: a socket, or the ICMP layer, takes it. */
  | { readonly stage: 'deliver'; readonly packet: Packet; readonly to: string }
);

export type Stage = Step['stage'];

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
  | { readonly kind: 'undecided'; readonly netns: NetnsName; readonly because: readonly string[] };

/** One leg of a round trip. */
export interface Journey {
  readonly leg: Leg;
  /** The packet as it was sent. */
  readonly packet: Packet | undefined;
  readonly steps: readonly Step[];
  readonly fate: Fate;
}

/** There and back. `reply` is absent when the request did not arrive. */
export interface RoundTrip {
  readonly request: Journey;
  readonly reply: Journey | undefined;
}

/** The journey in which the round trip ended: the one to explain. */
export function lastJourney(trip: RoundTrip): Journey {
  return trip.reply ?? trip.request;
}

/** Whether the answer came back. */
export function isRoundTripDelivered(trip: RoundTrip): boolean {
  return trip.request.fate.kind === 'delivered' && trip.reply?.fate.kind === 'delivered';
}
