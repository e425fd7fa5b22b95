/**
 * A route that is more specific than the right one, or of a lower metric, leads away from the destination.
 *
 * Only when the walk without it leads there, by a route of the same table that is there already.
 *
 * @module
 */

import type { Repair } from '../../host/edit.ts';
import type { Netns } from '../../host/host.ts';
import type { Route } from '../../host/route.ts';
import { routeText } from '../../host/route-text.ts';
import { type Address, FAMILY_BITS, familyOf } from '../../net/address.ts';
import { formatRoutePrefix, hostPrefix } from '../../net/prefix.ts';
import { defineRule } from '../define.ts';
import { derived, lookupEvidence, routeEvidence, routeOwnerEvidence } from '../evidence.ts';
import { astrayIn, decisionAfter, ECHOES_OF_STRAYING } from '../search/astray.ts';

export const wrongRoute = defineRule({
  code: 'wrong-route',
  title: 'A route that wins over the right one leads elsewhere',
  source: 'net/ipv4/fib_trie.c: fib_table_lookup(), the longest prefix first, of one prefix the lowest metric',
  explains: ECHOES_OF_STRAYING,

  find(context) {
    const astray = astrayIn(context);
    if (astray === undefined) return [];
    const { netns, step } = astray;
    const { route, lookup } = step;
    const without = decisionAfter(context, astray, { kind: 'route-delete', netns: netns.name, route });
    if (without === undefined || without.route.table !== route.table) return [];
    const { destination } = lookup;
    return [
      {
        netns: netns.name,
        device: step.nexthop?.device,
        what: `${netns.name} sends ${destination} by "${routeText(route)}", which does not lead there; "${routeText(without.route)}" would`,
        why: whyFirst(route, without.route),
        evidence: [
          lookupEvidence(netns, destination, routeText(route)),
          routeEvidence(netns, without.route),
          derived(`no wire leads to ${destination} from where "${routeText(route)}" sends it`),
          ...routeOwnerEvidence(route),
        ],
        repairs: repairsOf(netns, destination, route, without.route),
      },
    ];
  },
});

function whyFirst(taken: Route, right: Route): string {
  if (taken.destination.length > right.destination.length) {
    return `The longest matching prefix decides: /${taken.destination.length} before /${right.destination.length}`;
  }
  return taken.metric < right.metric
    ? `Of two routes to one network the lower metric decides: ${taken.metric} before ${right.metric}`
    : 'Of two equal routes to one network the kernel takes the one that was added first, and asks nobody on the other';
}

/** A connected network comes back with its address, and its neighbours need it: it stays. */
function repairsOf(netns: Netns, destination: Address, taken: Route, right: Route): readonly Repair[] {
  const isNarrowest = taken.destination.length === FAMILY_BITS[taken.family];
  return [
    ...(taken.protocol === 'kernel' ? [] : [removed(netns, taken)]),
    ...(isNarrowest ? [] : [exempted(netns, destination, right)]),
  ];
}

function removed(netns: Netns, route: Route): Repair {
  const prefix = formatRoutePrefix(route.destination);
  return {
    intent: `Delete the route "${routeText(route)}"`,
    edits: [{ kind: 'route-delete', netns: netns.name, route }],
    sideEffects: `Everything under ${prefix} then goes by what other routes say`,
  };
}

/** Only this destination goes the right way; all others stay as they are. */
function exempted(netns: Netns, destination: Address, right: Route): Repair {
  const own: Route = {
    ...right,
    destination: hostPrefix(destination),
    metric: familyOf(destination) === 'inet' ? 0 : 1024,
    protocol: 'boot',
  };
  return {
    intent: `Add a route of its own to ${destination}`,
    edits: [{ kind: 'route-add', netns: netns.name, route: own }],
    sideEffects: undefined,
  };
}
