/**
 * Passing a netfilter hook: the walk's own place, put into the words of netfilter's contract.
 *
 * A namespace in which no ruleset is loaded is passed without asking.
 *
 * @module
 */

import type { DeviceName } from '../host/link.ts';
import type { Hook } from '../host/ruleset.ts';
import type { Fate } from '../journey/journey.ts';
import type { Packet } from '../journey/packet.ts';
import type { Address } from '../net/address.ts';
import { undecided } from './fates.ts';
import type { HookPass } from './netfilter/contract.ts';
import type { NetnsIndex } from './netns-index.ts';
import type { Walk } from './walk.ts';

/** Where the packet is when it meets the hook. */
export interface HookPlace {
  readonly inDevice?: DeviceName | undefined;
  readonly outDevice?: DeviceName | undefined;
  readonly bridged?: HookPass['bridged'];
  readonly arrivalPort?: DeviceName | undefined;
  /** The next hop that the packet is about to be sent to: masquerading takes an address of its subnet. */
  readonly nexthop?: Address | undefined;
}

/** The packet after the hook; with a fate it went no further. */
export interface Passed {
  readonly packet: Packet;
  readonly fate: Fate | undefined;
  readonly reroute: boolean;
}

/** Let the packet meet one hook of the namespace. */
export function pass(walk: Walk, netns: NetnsIndex, hook: Hook, packet: Packet, place: HookPlace): Passed {
  const { ruleset } = netns.netns;
  if (ruleset.known && ruleset.value.tables.length === 0 && ruleset.value.unread.length === 0) {
    return { packet, fate: undefined, reroute: false };
  }
  return {
    packet,
    fate: undecided(
      netns.name,
      `the ruleset of ${netns.name} is not walked yet at ${hook} (${place.inDevice ?? ''} ${place.outDevice ?? ''}) on the ${walk.leg}`,
    ),
    reroute: false,
  };
}
