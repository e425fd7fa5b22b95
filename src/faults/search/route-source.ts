/**
 * The `src` that a new route needs: the answer comes back, or is known for an answer, only from or to an address that is
 * not the one which the kernel would choose.
 *
 * @module
 */

import { applyEdit } from '../../host/apply.ts';
import { findNetns, linksOf, type Netns } from '../../host/host.ts';
import type { Route } from '../../host/route.ts';
import { lastJourney } from '../../journey/journey.ts';
import type { Address } from '../../net/address.ts';
import { walkRoundTrip } from '../../walk/round-trip.ts';
import type { FaultContext } from '../rule.ts';
import { routableAddresses } from './owner.ts';
import { matchingRoutes, owns } from './way.ts';

/** The route with the source that it needs; `undefined` when the kernel's own choice will do, or nothing helps. */
export function withSource({ host, question }: FaultContext, netns: Netns, route: Route): Route | undefined {
  // A default route is for everybody, and not to name an address that this one answer needs.
  if (route.destination.length === 0) return undefined;
  const repaired = applyEdit(host, { kind: 'route-add', netns: netns.name, route });
  const { leg, fate } = lastJourney(walkRoundTrip(repaired, question));
  if (leg !== 'reply' || fate.kind !== 'dropped') return undefined;
  const { reason } = fate;
  if (reason.kind === 'reply-not-recognised')
    return owns(netns, reason.expected) ? from(route, reason.expected) : undefined;
  // Who binds an address of its own is not helped by a route that names another.
  if (reason.kind !== 'no-route' || question.netns !== netns.name || question.from !== undefined) return undefined;
  const answerer = findNetns(host, fate.netns);
  const known = answerer === undefined ? undefined : ownAddresses(netns, route).find((each) => isKnown(answerer, each));
  return known === undefined ? undefined : from(route, known);
}

function from(route: Route, prefsrc: Address): Route {
  return { ...route, prefsrc };
}

function ownAddresses(netns: Netns, { family }: Route): readonly Address[] {
  return linksOf(netns)
    .flatMap((link) => routableAddresses(link, family))
    .filter(({ scope }) => scope === 'global')
    .map(({ address }) => address);
}

function isKnown(answerer: Netns, address: Address): boolean {
  return matchingRoutes(answerer, address).some(({ type }) => type === 'unicast');
}
