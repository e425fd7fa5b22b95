/**
 * A packet for one of our own namespaces that was sent off the host: the route that it needed is not there, and a wider
 * one took it.
 *
 * @module
 */

import { findNetns, type Netns } from '../../host/host.ts';
import type { Route } from '../../host/route.ts';
import type { Address } from '../../net/address.ts';
import type { FaultContext } from '../rule.ts';
import { routeSteps } from './dropped.ts';
import { ownersOf } from './owner.ts';
import { wayTo } from './way.ts';

export interface Strayed {
  readonly netns: Netns;
  readonly destination: Address;
  readonly taken: Route;
}

/** Where it went astray; `undefined` when it did not leave the host, or was bound for outside. */
export function strayedIn({ host, journey }: FaultContext): Strayed | undefined {
  if (journey.fate.kind !== 'left-host') return undefined;
  const step = routeSteps(journey.steps).at(-1);
  const netns = step && findNetns(host, step.netns);
  if (step === undefined || netns === undefined) return undefined;
  const { destination } = step.lookup;
  if (ownersOf(host, destination).length === 0 || wayTo(host, netns.name, destination) === undefined) return undefined;
  return { netns, destination, taken: step.route };
}
