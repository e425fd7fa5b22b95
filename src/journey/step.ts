/**
 * What the kernel does with a packet, one thing at a time.
 *
 * @module
 */

import type { Fact } from '../host/fact.ts';
import type { DeviceName, DeviceRef, NetnsName } from '../host/link.ts';
import type { Nexthop, PolicyRule, Route } from '../host/route.ts';
import type { Hook, RuleRef } from '../host/ruleset.ts';
import type { Address } from '../net/address.ts';
import type { Mac } from '../net/mac.ts';
import type { Packet } from './packet.ts';

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
  /** It befell the ARP or ND request that went ahead of the packet through a tunnel, not the packet itself. */
  readonly isInquiry?: true;
} & (
  | {
      /** A socket (or the ICMP layer) made the packet; `device` is not known yet. */
      readonly stage: 'send';
      readonly packet: Packet;
    }
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
      /** What was assumed of limits and the like, and what chance decided, where it made a difference. */
      readonly unsure?: readonly string[];
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
  /** The tunnel (`device`) wraps the packet into `outer` (`undefined`: no route or address was found to send it by), or unwraps it. */
  | {
      readonly stage: 'encapsulate';
      readonly vni: number;
      readonly remote: Address;
      readonly outer: Packet | undefined;
    }
  | { readonly stage: 'decapsulate'; readonly vni: number; readonly packet: Packet }
  /** It arrived: a socket, or the ICMP layer, takes it. */
  | { readonly stage: 'deliver'; readonly packet: Packet; readonly to: string }
);
