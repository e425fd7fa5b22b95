/**
 * What the walk hands to netfilter at a hook, and what it gets back.
 *
 * When to ask (the walk's side of the contract):
 *
 * - *Received packet*: `prerouting`, then `input`, or `forward` and `postrouting`. *Sent packet*: `output`, `postrouting`.
 *   Pass them all, on `lo` as well, and hand the answered `packet` and `conntrack` on; start with `NO_CONNECTIONS`.
 *   `ingress` and `egress` (netdev chains) are passed where the device takes or sends the packet.
 * - *Bridged frame*: `bridged` is set and `inDevice` / `outDevice` are the bridge. From a port: `prerouting`, then
 *   `forward` and `postrouting` for each port that it leaves by, or `input` when the bridge itself takes it. Sent by the
 *   bridge device itself: `output`, `postrouting` (no `inPort`). These are the hooks of the bridge family; the IP hooks
 *   that br_netfilter adds are passed within them.
 * - What the bridge took goes on as a received packet with `inDevice` the bridge and `arrivalPort` the port. Its IP
 *   `prerouting` is passed again by the walk and answers at once when br_netfilter has done it already.
 * - `reroute`: ask the routing tables again before `postrouting`.
 * - A bridged frame whose destination `prerouting` changed goes to where the new address is routed, not to its MAC.
 *
 * @module
 */

import type { Netns } from '../../host/host.ts';
import type { DeviceName, NetnsName } from '../../host/link.ts';
import type { Hook } from '../../host/ruleset.ts';
import type { Fate } from '../../journey/fate.ts';
import type { Leg } from '../../journey/journey.ts';
import type { Packet } from '../../journey/packet.ts';
import type { Step } from '../../journey/step.ts';
import type { Address } from '../../net/address.ts';

/** A connection that conntrack of one namespace has entered during this round trip. */
export interface Connection {
  readonly netns: NetnsName;
  /** The first packet as it came into the namespace, before any translation. */
  readonly original: Packet;
  /** The same packet as it left conntrack: what the answer will be matched against, reversed. */
  readonly translated: Packet;
  readonly mark: number;
  /** No longer `new`: an answer was seen. */
  readonly answered: boolean;
  /** Which ends have been settled, translated or not: the nat rules are asked once for each (IPS_SRC_NAT_DONE ...). */
  readonly settled: { readonly source: boolean; readonly destination: boolean };
}

/** How conntrack of a namespace sees the packet that is in it (skb->_nfct). */
export type Tracking = { readonly netns: NetnsName } & (
  | {
      readonly kind: 'tracked';
      /** Its place in `Conntrack.connections`. */
      readonly connection: number;
      readonly direction: 'original' | 'reply';
      /** An ICMP error about a packet of the connection's other direction. */
      readonly isRelated?: true;
    }
  /** Kept from conntrack by a notrack rule, or neighbour discovery, which it leaves alone. */
  | { readonly kind: 'untracked' }
  /** An answer to nothing that conntrack has seen. */
  | { readonly kind: 'invalid' }
);

/** All connections of the round trip, of all namespaces. A value: passing a hook answers a new one. */
export interface Conntrack {
  readonly connections: readonly Connection[];
  /** The packet's own; another namespace's is over. */
  readonly tracking: Tracking | undefined;
}

/** Conntrack before the first packet. */
export const NO_CONNECTIONS: Conntrack = { connections: [], tracking: undefined };

/** A route that was found; an address of the namespace itself `isLocal`. */
export interface RouteBack {
  readonly isLocal: boolean;
  /** The devices of its next hops. */
  readonly devices: readonly (DeviceName | undefined)[];
}

/** One passage of a hook. */
export interface HookPass {
  readonly netns: Netns;
  readonly hook: Hook;
  readonly leg: Leg;
  readonly packet: Packet;
  /** Set at `postrouting` as well when the packet is forwarded: rules there can ask for it. */
  readonly inDevice: DeviceName | undefined;
  readonly outDevice: DeviceName | undefined;
  /** A bridged frame: its bridge and ports; the bridge family's hooks, and the IP ones when br_netfilter calls them. */
  readonly bridged:
    | {
        readonly bridge: DeviceName;
        readonly inPort: DeviceName | undefined;
        readonly outPort: DeviceName | undefined;
        /** It carries a VLAN tag here. */
        readonly isTagged?: boolean;
      }
    | undefined;
  /** The bridge port by which a packet that is no longer bridged came in; only br_netfilter's physdev asks. */
  readonly arrivalPort?: DeviceName | undefined;
  readonly conntrack: Conntrack;
  /**
   * RTN_* type of the address as inet_addr_type() finds it: `local` and `broadcast` from the local table, `multicast`,
   * everything else `unicast`. `undefined` when it cannot be told. With a device, an address that another device holds is
   * `unicast`, as inet_dev_addr_type() has it.
   */
  readonly addressType: (address: Address, on?: DeviceName) => string | undefined;
  /** The routing tables' answer for what goes from here to the address, before any device is chosen. */
  readonly routeTo?: (address: Address, from: Address, mark: number) => RouteBack | undefined | 'unknown';
  /** Which of so many ways is walked, where chance decides; the others are walked another time. Without it, none is. */
  readonly pick?: (ways: number, why: string) => number;
  /** The address that masquerading on the device takes; `undefined` when there is none. */
  readonly masqueradeAddress: (device: DeviceName, destination: Address) => Address | undefined;
}

/** How the passage went. With a fate the journey ends here; `packet` is what goes on, perhaps translated. */
export interface HookResult {
  readonly packet: Packet;
  readonly conntrack: Conntrack;
  readonly steps: readonly Step[];
  readonly fate: Fate | undefined;
  /** `output` only: an address or the mark changed in a way that makes the kernel route the packet anew. */
  readonly reroute: boolean;
}
