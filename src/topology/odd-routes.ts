/**
 * What is odd about routes: gateways that nobody has, and gateways that do not pass anything on.
 *
 * Only routes of the tables of which one is asked by every packet (main, default), and gateways on a segment that is
 * seen whole.
 *
 * @module
 */

import { findNetns, type Netns } from '../host/host.ts';
import type { DeviceName } from '../host/link.ts';
import { type Nexthop, type Route, TABLE } from '../host/route.ts';
import { confKey, readSysctl } from '../host/sysctl.ts';
import type { Address } from '../net/address.ts';
import { familyOf } from '../net/address.ts';
import { formatRoutePrefix } from '../net/prefix.ts';
import { type Oddity, placeName, type Surveyed, segmentAt } from './oddity.ts';
import type { Endpoint } from './wiring.ts';

/** A route by a gateway. */
interface Hop {
  readonly netns: Netns;
  readonly route: Route;
  readonly device: DeviceName;
  readonly via: Address;
}

/** Marked at the device by which the route leaves. */
export function lostGateways(surveyed: Surveyed): readonly Oddity[] {
  return hopsOf(surveyed).flatMap((hop) => {
    const ref = { netns: hop.netns.name, device: hop.device };
    const segment = segmentAt(surveyed, ref);
    if (segment === undefined || !segment.isClosed || ownersOf(surveyed, hop).length > 0) return [];
    const text = `leads ${formatRoutePrefix(hop.route.destination)} to ${hop.via}, which nobody on its segment has`;
    return [{ code: 'gateway-unreachable', ...ref, text }];
  });
}

/** Marked at the device at which what is to be forwarded comes in: the kernel asks that one. */
export function deafGateways(surveyed: Surveyed): readonly Oddity[] {
  const odd = new Map<string, Oddity>();
  for (const hop of hopsOf(surveyed)) {
    for (const { ref } of ownersOf(surveyed, hop)) {
      const owner = findNetns(surveyed.host, ref.netns);
      const protocol = familyOf(hop.via) === 'inet' ? 'ipv4' : 'ipv6';
      const key = confKey(protocol, protocol === 'ipv4' ? ref.device : 'all', 'forwarding');
      const forwarding = owner && readSysctl(owner.sysctls, key);
      if (!forwarding?.known || forwarding.value !== 0 || leadsTo(hop, owner)) continue;
      const asker = placeName({ netns: hop.netns.name, device: hop.device });
      const text = `does not forward, and ${asker} sends ${formatRoutePrefix(hop.route.destination)} to its ${hop.via}`;
      const place = `${protocol} ${placeName(ref)}`;
      if (!odd.has(place)) odd.set(place, { code: 'forwarding-off', ...ref, text });
    }
  }
  return [...odd.values()];
}

function hopsOf({ host }: Surveyed): readonly Hop[] {
  return host.namespaces.flatMap((netns) => {
    const routes = netns.routes.known ? netns.routes.value : [];
    const asked = routes.filter(
      ({ table, type }) => type === 'unicast' && (table === TABLE.main || table === TABLE.default),
    );
    return asked.flatMap((route) => route.nexthops.flatMap((nexthop) => hopOf(netns, route, nexthop)));
  });
}

function hopOf(netns: Netns, route: Route, { via, device, flags }: Nexthop): readonly Hop[] {
  // A route that is dead is not asked, and its device is marked as what it is.
  if (via === undefined || device === undefined || flags.includes('dead')) return [];
  return [{ netns, route, device, via }];
}

/** Who on the gateway's wire has its address, but for the namespace itself. */
function ownersOf(surveyed: Surveyed, { netns, device, via }: Hop): readonly Endpoint[] {
  const segment = segmentAt(surveyed, { netns: netns.name, device });
  return (segment?.endpoints ?? []).filter(
    ({ ref, link }) => ref.netns !== netns.name && link.addresses.some(({ address }) => address === via),
  );
}

/** Whether the route ends at the gateway itself: then nothing is forwarded. */
function leadsTo({ route }: Hop, owner: Netns | undefined): boolean {
  const links = owner?.links.known ? owner.links.value : [];
  const { address, length, family } = route.destination;
  if (length !== (family === 'inet' ? 32 : 128)) return false;
  return links.some((link) => link.addresses.some((own) => own.address === address));
}
