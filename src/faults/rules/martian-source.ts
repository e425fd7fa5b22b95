/**
 * The kernel refuses the packet because of its source address: one that must not appear on a wire, or not here.
 *
 * @module
 */

import type { Repair } from '../../host/edit.ts';
import type { Netns } from '../../host/host.ts';
import type { Route } from '../../host/route.ts';
import { routeText } from '../../host/route-text.ts';
import { type Address, isLoopback } from '../../net/address.ts';
import { defineRule } from '../define.ts';
import { derived } from '../evidence.ts';
import type { FaultContext } from '../rule.ts';
import { droppedAs } from '../search/dropped.ts';
import { ownersOf } from '../search/owner.ts';
import { matchingRoutes } from '../search/way.ts';

export const martianSource = defineRule({
  code: 'martian-source',
  title: 'The source address is refused here',
  source: 'RFC 1812 section 5.3.7; net/ipv4/route.c: ip_route_input_slow()',
  explains: [],

  find(context) {
    const dropped = droppedAs(context, 'martian-source');
    if (dropped === undefined) return [];
    const { netns, device, reason } = dropped;
    return [
      {
        netns: netns.name,
        device: device?.device,
        what: `${netns.name} refuses a packet with the source ${reason.address}`,
        why: `The kernel drops packets with an impossible source address: ${reason.because}`,
        evidence: [derived(reason.because)],
        repairs: repairsOf(context, netns, reason.address),
      },
    ];
  },
});

function repairsOf(context: FaultContext, netns: Netns, source: Address): readonly Repair[] {
  return [...withdrawals(context, netns, source), ...routesWithout(context, netns, source)];
}

/** Somebody else's address, that the refusing namespace has as well. */
function withdrawals({ host }: FaultContext, netns: Netns, source: Address): readonly Repair[] {
  const owners = isLoopback(source) ? [] : ownersOf(host, source);
  if (owners.every(({ ref }) => ref.netns === netns.name)) return [];
  return owners
    .filter(({ ref }) => ref.netns === netns.name)
    .map(({ ref, address }) => ({
      intent: `Take ${source} from ${netns.name}, which has it beside its owner`,
      edits: [{ kind: 'address-delete', ...ref, address: source, prefixLength: address.prefixLength }],
      sideEffects: `${netns.name} is no longer reached by ${source}`,
    }));
}

/** The route that the packet leaves by asks for this source. */
function routesWithout({ question, trip, journey }: FaultContext, netns: Netns, source: Address): readonly Repair[] {
  const isRequest = journey.leg === 'request';
  const destination = isRequest ? question.destination : trip.request.packet?.source;
  if (question.from === source || destination === undefined) return [];
  const [route] = matchingRoutes(netns, destination);
  if (route?.prefsrc !== source) return [];
  const { prefsrc: _, ...to }: Route = route;
  return [
    {
      intent: `Let ${netns.name} choose the source for "${routeText(route)}" itself`,
      edits: [{ kind: 'route-change', netns: netns.name, from: route, to }],
      sideEffects: undefined,
    },
  ];
}
