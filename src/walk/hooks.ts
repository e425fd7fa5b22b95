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
import type { HookPass, RouteBack } from './netfilter/contract.ts';
import { passHook } from './netfilter/pass-hook.ts';
import type { NetnsIndex } from './netns-index.ts';
import { localTableType, lookupRoute } from './route-lookup.ts';
import { selectInetAddress } from './source-address.ts';
import { selectInet6Address } from './source-address6.ts';
import { type Walk, widen } from './walk.ts';

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
    addressType: (address, on) => addressType(netns, address, on),
    routeTo: (address, from, mark) => routeTo(netns, address, from, mark),
    pick: (ways, why) => {
      widen(walk, ways, why);
      return walk.multipath.pick % ways;
    },
    masqueradeAddress: (device, destination) =>
      familyOf(destination) === 'inet'
        ? selectInetAddress(netns, device, place.nexthop ?? destination, 'global')
        : selectInet6Address(netns, device, destination),
  });
  walk.conntrack = result.conntrack;
  walk.steps.push(...result.steps);
  return result;
}

/** inet_addr_type(), or with a device inet_dev_addr_type(). */
function addressType(netns: NetnsIndex, address: Address, on: DeviceName | undefined): string | undefined {
  if (!netns.netns.routes.known) return undefined;
  if (address === '255.255.255.255' || address.startsWith('0.')) return 'broadcast';
  return isMulticast(address) ? 'multicast' : localTableType(netns, address, on);
}

/** The lookup that nft_fib and xt_rpfilter make: as for a packet of our own, of which only addresses and mark are known. */
function routeTo(netns: NetnsIndex, address: Address, from: Address, mark: number): RouteBack | undefined | 'unknown' {
  const source = isMulticast(from) ? undefined : from;
  const answer = lookupRoute(netns, { destination: address, source, inDevice: undefined, mark }, {}, 0);
  if (answer.kind === 'unknown') return 'unknown';
  if (answer.kind !== 'route') return undefined;
  const { type, nexthops } = answer.route;
  if (type !== 'unicast' && type !== 'local') return undefined;
  return { isLocal: type === 'local', devices: nexthops.map(({ device }) => device) };
}
