/**
 * Edits of routes, as the host after them.
 *
 * @module
 */

import { changeRoutes, sameKey, sameRoute } from './change.ts';
import type { Host } from './host.ts';
import type { NetnsName } from './link.ts';
import type { Route } from './route.ts';
import { settle } from './settle.ts';

/** `ip route add ...`. */
export function addRoute(host: Host, netns: NetnsName, route: Route): Host {
  return settle(
    host,
    changeRoutes(host, netns, (routes) => [...routes, route]),
  );
}

/** `ip route del ...`. */
export function deleteRoute(host: Host, netns: NetnsName, route: Route): Host {
  return changeRoutes(host, netns, (routes) => {
    const gone = routes.find((each) => sameRoute(each, route));
    return routes.filter((each) => each !== gone);
  });
}

/** `ip route change ...`: the first route with that key gets another way out, in its place. */
export function changeRoute(host: Host, netns: NetnsName, from: Route, to: Route): Host {
  return settle(
    host,
    changeRoutes(host, netns, (routes) => {
      const changed = routes.find((each) => sameKey(each, from));
      return routes.map((each) => (each === changed ? to : each));
    }),
  );
}
