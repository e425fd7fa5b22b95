/**
 * What of a host two readings of one change must agree on.
 *
 * @module
 */

import type { Host, Netns } from '../../src/host/host.ts';
import { linksOf } from '../../src/host/host.ts';
import type { Link } from '../../src/host/link.ts';
import type { Route } from '../../src/host/route.ts';

/**
 * What decides over packets and does not come and go by itself: no learned neighbours and FDB entries, no marks of
 * duplicate detection, no multicast and anycast routes.
 */
export function settled(host: Host): unknown {
  return Object.fromEntries(host.namespaces.map((netns) => [netns.name, settledNetns(netns)]));
}

function settledNetns(netns: Netns): unknown {
  const routes = netns.routes.known ? netns.routes.value : [];
  return {
    links: Object.fromEntries(linksOf(netns).map((link) => [link.name, settledLink(link)])),
    routes: routes
      .filter(({ type }) => type !== 'multicast' && type !== 'anycast')
      .map(routeLine)
      .sort(),
    rules: netns.rules.known ? netns.rules.value : netns.rules.why,
    proxied: netns.neighbors.known
      ? netns.neighbors.value.flatMap(({ proxy, address, device }) => (proxy ? [`${address} ${device}`] : [])).sort()
      : 'unknown',
    permanent: netns.neighbors.known ? netns.neighbors.value.filter(({ state }) => state === 'permanent') : 'unknown',
    sysctls: Object.fromEntries([...netns.sysctls.values].sort()),
    ruleset: netns.ruleset.known ? netns.ruleset.value.tables : netns.ruleset.why,
  };
}

function settledLink({ ifindex: _, addresses, detail, ...link }: Link): unknown {
  const peer =
    detail.kind === 'veth' && detail.peer.kind === 'found' ? `${detail.peer.netns}:${detail.peer.device}` : '';
  return {
    ...link,
    peer,
    addresses: addresses
      .map(({ address, prefixLength, scope, flags }) =>
        [
          `${address}/${prefixLength}`,
          scope,
          ...flags.filter((flag) => flag === 'secondary' || flag === 'noprefixroute'),
        ].join(' '),
      )
      .sort(),
  };
}

function routeLine(route: Route): string {
  const { family, type, table, metric, prefsrc, scope, protocol, destination, nexthops } = route;
  const hops = nexthops.map(({ via, device, flags }) => `${via ?? '-'} ${device} ${[...flags].sort().join(',')}`);
  const prefix = `${destination.address}/${destination.length}`;
  return [family, type, table, prefix, metric, prefsrc ?? '-', scope, protocol, ...hops].join(' ');
}
