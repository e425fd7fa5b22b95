/**
 * What the stages of one journey share: the indexed host, the steps taken so far, and what conntrack remembers.
 *
 * One `Walk` is one leg. Stages add their steps with `take()`; a passed hook replaces what conntrack remembers.
 *
 * @module
 */

import type { DeviceName, DeviceRef } from '../host/link.ts';
import type { Fate } from '../journey/fate.ts';
import type { Leg } from '../journey/journey.ts';
import type { Packet } from '../journey/packet.ts';
import type { Step } from '../journey/step.ts';
import type { Address } from '../net/address.ts';
import type { HostIndex } from './host-index.ts';
import type { Conntrack } from './netfilter/contract.ts';
import type { Device } from './netns-index.ts';
import type { Crossing, Reach, TunnelSearch } from './segment-search.ts';

export interface Walk {
  readonly host: HostIndex;
  readonly leg: Leg;
  readonly steps: Step[];
  conntrack: Conntrack;
  readonly multipath: Multipath;
  /** Ingress devices at which the packet was to be forwarded, to notice when it comes round again. */
  readonly visited: Visit[];
  /** Neighbours that made themselves known by asking: of both legs, for the answerer need not ask back. */
  readonly heard: Heard[];
  readonly tunnels: Tunnels;
  readonly redirect: Redirect;
}

/**
 * Tunnels, as the segment and the frame see them. A tunnel's wrapping is walked as any packet, which is why this is
 * handed down and not imported.
 */
export interface Tunnels extends TunnelSearch {
  /** Wrap the packet, walk the wrapping, take it off. A fate: it did not get through. */
  readonly carry: (walk: Walk, tunnel: Device, remote: Address, inner: Packet) => Fate | undefined;
}

/**
 * Where a bridged frame goes whose destination br_netfilter translated. It asks for a neighbour, and asking carries frames,
 * which is why this is handed down as well.
 */
export type Redirect = (walk: Walk, bridge: Device, inPort: Device, packet: Packet) => Redirection | Fate;

/** Narrow on `kind`. */
export type Redirection =
  /** Up the bridge, to be routed or delivered. */
  | { readonly kind: 'handed-up' }
  | {
      readonly kind: 'bridged';
      /** Through the bridge, from the port that the frame came in by. */
      readonly crossing: Extract<Crossing, { kind: 'bridge' }> & { readonly outPort: Device };
      /** What lies behind. */
      readonly rest: Reach;
    };

/** Which of several next hops, answerers or lots is taken, and how many there were at the widest choice met. */
export interface Multipath {
  readonly pick: number;
  width: number;
  /** Whether routing alone chooses, by a hash of the packet. */
  isRoutedOnly: boolean;
  /** What chooses there, when it is neither routing nor ARP: a rule that draws lots. */
  drawnBy?: string;
}

/** One walk among those of a choice; the first one does not know yet how many there are. */
export function choosing(pick: number): Multipath {
  return { pick, width: 1, isRoutedOnly: true };
}

/** What a device learned from a request that it answered: who asked. */
export interface Heard {
  readonly by: Device;
  readonly address: Address;
  readonly neighbor: Device;
}

/** A packet about to be forwarded. Met again with the same addresses and mark, it will come for ever. */
export interface Visit {
  readonly at: DeviceRef;
  readonly packet: Packet;
}

/** A packet that has arrived at a device and goes up its namespace's IP stack. */
export interface Arrival {
  readonly kind: 'arrival';
  readonly device: Device;
  readonly packet: Packet;
  /** The bridge port that took the frame in, when `device` is a bridge. */
  readonly port: DeviceName | undefined;
}

/** Note what the kernel did. */
export function take(walk: Walk, step: Step): void {
  walk.steps.push(step);
}

/** Note that the kernel chooses among so many next hops here. */
export function widenRoutes({ multipath }: Walk, choices: number): void {
  if (choices > multipath.width) multipath.width = choices;
}

/** Note that something else chooses among so many here, and what. */
export function widen({ multipath }: Walk, choices: number, drawnBy?: string): void {
  if (choices > multipath.width) multipath.width = choices;
  if (choices > 1) multipath.isRoutedOnly = false;
  if (drawnBy !== undefined) multipath.drawnBy ??= drawnBy;
}
