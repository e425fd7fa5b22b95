/**
 * The path of one packet: steps, in order, and how it ended. Predicted by the walk or seen on the wire, in one shape.
 *
 * @module
 */

import type { Fate } from './fate.ts';
import type { Packet } from './packet.ts';
import type { Step } from './step.ts';

/** Which way the packet goes: towards the destination asked about, or back. */
export type Leg = 'request' | 'reply';

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
  /** Undecided because routing chooses among next hops that lead to different ends: one for each of them. */
  readonly ways?: readonly RoundTrip[];
}

/** The journey in which the round trip ended: the one to explain. */
export function lastJourney(trip: RoundTrip): Journey {
  return trip.reply ?? trip.request;
}

/** The round trip to explain: of several ways the first that fails, for the kernel may choose it. */
export function worstWay(trip: RoundTrip): RoundTrip {
  return trip.ways?.find((way) => !isRoundTripDelivered(way)) ?? trip;
}

/** Whether the answer came back. */
export function isRoundTripDelivered(trip: RoundTrip): boolean {
  return trip.request.fate.kind === 'delivered' && trip.reply?.fate.kind === 'delivered';
}
