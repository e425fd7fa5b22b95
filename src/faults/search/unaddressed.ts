/**
 * The interfaces on a wire that ought to own the next hop and have no address at all.
 *
 * @module
 */

import type { Host } from '../../host/host.ts';
import { sameDevice } from '../../host/host.ts';
import { familyOf } from '../../net/address.ts';
import { type Endpoint, endpointsOf } from '../../topology/wiring.ts';
import type { Crossing } from './crossing.ts';
import type { RouteStep } from './dropped.ts';
import { isJunction } from './free-address.ts';
import { routableAddresses } from './owner.ts';
import { wayTo } from './way.ts';

/**
 * The likeliest first; empty when somebody owns the next hop, or when it cannot be meant.
 *
 * A bridge without an address is nothing special, so it is meant only as a gateway, or where there is nobody else. For a
 * gateway, whoever the best way leads over is meant; a neighbour with an address there makes the route wrong instead.
 */
export function unaddressedEnds(host: Host, crossing: Crossing, step: RouteStep | undefined): readonly Endpoint[] {
  if (crossing.owners.length > 0) return [];
  const family = familyOf(crossing.nexthop);
  const others = endpointsOf(host, crossing.segment).filter(({ ref }) => ref.netns !== crossing.from.netns);
  const bare = others.filter(({ link }) => routableAddresses(link, family).length === 0);
  if (crossing.isGateway) {
    const hop = step && wayTo(host, step.netns, step.lookup.destination)?.hops[0];
    if (hop !== undefined) return bare.filter(({ ref }) => sameDevice(ref, hop.into));
    return [...bare.filter(({ ref }) => isJunction(host, ref)), ...bare.filter(({ ref }) => !isJunction(host, ref))];
  }
  const isBridge = ({ link }: Endpoint) => link.detail.kind === 'bridge';
  const ends = others.every(isBridge) ? bare : bare.filter((end) => !isBridge(end));
  return [...ends.filter(({ ref }) => !isJunction(host, ref)), ...ends.filter(({ ref }) => isJunction(host, ref))];
}
