/**
 * Passing a netfilter hook: the walk's own place, put into the words of netfilter's contract.
 *
 * A namespace in which no ruleset is loaded is passed without asking.
 *
 * @module
 */

import type { DeviceName } from '../host/link.ts';
import type { Hook } from '../host/ruleset.ts';
import type { Fate } from '../journey/fate.ts';
import type { Packet } from '../journey/packet.ts';
import { type Address, familyOf, isMulticast } from '../net/address.ts';
import type { HookPass } from './netfilter/contract.ts';
import { passHook } from './netfilter/pass-hook.ts';
import type { NetnsIndex } from './netns-index.ts';
import { localTableType } from './route-lookup.ts';
import { selectInetAddress } from './source-address.ts';
import { selectInet6Address } from './source-address6.ts';
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
  const result = passHook({
    netns: netns.netns,
    hook,
    leg: walk.leg,
    packet,
    inDevice: place.inDevice,
    outDevice: place.outDevice,
    bridged: place.bridged,
    arrivalPort: place.arrivalPort,
    conntrack: walk.conntrack,
    addressType: (address) => addressType(netns, address),
    masqueradeAddress: (device, destination) =>
      familyOf(destination) === 'inet'
        ? selectInetAddress(netns, device, place.nexthop ?? destination, 'global')
        : selectInet6Address(netns, device, destination),
  });
  walk.conntrack = result.conntrack;
  walk.steps.push(...result.steps);
  return result;
}

/** inet_addr_type(). */
function addressType(netns: NetnsIndex, address: Address): string | undefined {
  if (!netns.netns.routes.known) return undefined;
  if (address === '255.255.255.255' || address.startsWith('0.')) return 'broadcast';
  return isMulticast(address) ? 'multicast' : localTableType(netns, address);
}
