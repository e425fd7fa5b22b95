/**
 * What the other two witnesses said: the wire (a probe under capture) and the kernel (`ip route get`). Plain values, so
 * that the comparison with the prediction is pure.
 *
 * @module
 */

import type { DeviceName, DeviceRef, NetnsName } from '../host/link.ts';
import type { Address } from '../net/address.ts';
import type { Leg } from './journey.ts';
import type { KernelTrace } from './kernel-trace.ts';
import type { RouteLookup } from './step.ts';

/** Our probe's packet (or its answer), seen by one tcpdump on one device. */
export interface Sighting {
  readonly netns: NetnsName;
  readonly device: DeviceName;
  readonly direction: 'in' | 'out';
  /** It came in addressed to another MAC (PACKET_OTHERHOST): a bridge port passes it on, a host drops it unread. */
  readonly isForOtherHost: boolean;
  /** Of an error: that of the packet it is about, although it travels the other way. */
  readonly leg: Leg;
  /** Since the epoch; one host, one clock. */
  readonly timestampNs: bigint;
  /** As it was on that device, after whatever translation came before. */
  readonly source: Address;
  readonly destination: Address;
  /** Which of the probe's packets it was, counted from 1. */
  readonly sequence: number;
  /** `packet`: the probe itself; `resolution`: an ARP or ND request for its sake; `error`: an ICMP error about it. */
  readonly what: 'packet' | 'resolution' | 'error';
  /** Of TCP and UDP. `open`: left for a device to finish, which is how a veth hands packets on. */
  readonly checksum?: 'right' | 'open' | 'wrong';
  /** What tcpdump would say of it, in a few words: "ARP who-has 10.0.0.1 tell 10.0.0.2". */
  readonly text: string;
}

/** An ICMP error about the probe, or the local error that the sender's socket got. */
export interface ProbeError {
  /** Who sent it; `undefined` when the sender's own kernel refused. */
  readonly from: Address | undefined;
  readonly text: string;
}

/** One probe, from the first packet to the end of waiting. */
export interface Observation {
  /** The command that a person would run to see the same. */
  readonly command: readonly string[];
  /** Attempts, those included that the sender's own kernel refused; 0: nothing was tried, and `notes` says why. */
  readonly sent: number;
  readonly received: number;
  /** TCP and UDP: the destination (or somebody in between) answered that nothing listens. */
  readonly refused: boolean;
  readonly errors: readonly ProbeError[];
  /** In time order. */
  readonly sightings: readonly Sighting[];
  /** Namespaces in which a tcpdump listened from before the first packet to the end. */
  readonly watched: readonly NetnsName[];
  /** Packets that the kernel dropped before tcpdump could read them; more than 0 makes absence no proof. */
  readonly captureDrops: number;
  /** What could not be watched or sent, and why. */
  readonly notes: readonly string[];
  /** What the kernel told of one packet more, when the probe was lost; absent when it was not asked. */
  readonly kernel?: KernelTrace;
}

/** `ip route get` at one routing step of the prediction. */
export interface RouteWitness {
  readonly netns: NetnsName;
  readonly lookup: RouteLookup;
  readonly leg: Leg;
  readonly command: readonly string[];
  /** What the kernel chose, or the error that it gave ("Network is unreachable"). */
  readonly answer:
    | {
        readonly kind: 'route';
        readonly type: string;
        readonly device: DeviceName | undefined;
        readonly via: Address | undefined;
        readonly source: Address | undefined;
        readonly table: number | undefined;
        /** An ICMP redirect, and no route, told it the way. */
        readonly redirected?: true;
      }
    | { readonly kind: 'error'; readonly text: string };
}

/** The last place where the probe's own packet was seen on its way. */
export interface LastSeen extends DeviceRef {
  readonly leg: Leg;
}
