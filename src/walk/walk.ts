/**
 * What the stages of one journey share: the indexed host, the steps taken so far, and what conntrack remembers.
 *
 * One `Walk` is one leg. Stages add their steps with `take()`; a passed hook replaces what conntrack remembers.
 *
 * @module
 */

import type { DeviceName, DeviceRef } from '../host/link.ts';
import type { Fate, Leg, Step } from '../journey/journey.ts';
import type { Packet } from '../journey/packet.ts';
import type { HostIndex } from './host-index.ts';
import type { Conntrack } from './netfilter/contract.ts';
import type { Device } from './netns-index.ts';
import type { CrossTunnel } from './segment.ts';

export interface Walk {
  readonly host: HostIndex;
  readonly leg: Leg;
  readonly steps: Step[];
  conntrack: Conntrack;
  readonly multipath: Multipath;
  /** Ingress devices at which the packet was to be forwarded, to notice when it comes round again. */
  readonly visited: Visit[];
  readonly crossTunnel: CrossTunnel;
  /** Wrap a packet that leaves by a tunnel device, walk the wrapping, and say where it was taken off again. */
  readonly throughTunnel: (walk: Walk, tunnel: Device, remote: Packet['source'], inner: Packet) => Fate | undefined;
}

/** Which of several next hops or answerers is taken, and how many there were at the widest choice met. */
export interface Multipath {
  readonly pick: number;
  width: number;
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
