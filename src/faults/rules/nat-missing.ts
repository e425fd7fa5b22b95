/**
 * A private source leaves for a network that has no way back to it, and nothing translates it.
 *
 * @module
 */

import type { Repair } from '../../host/edit.ts';
import type { Host, Netns } from '../../host/host.ts';
import type { Journey } from '../../journey/journey.ts';
import type { Address } from '../../net/address.ts';
import { formatPrefix } from '../../net/prefix.ts';
import { segmentOf } from '../../topology/wiring.ts';
import { defineRule } from '../define.ts';
import { derived } from '../evidence.ts';
import type { FaultContext } from '../rule.ts';
import { type Border, borderOf, isOutside } from '../search/border.ts';
import { routeSteps } from '../search/dropped.ts';
import { masquerade } from '../search/masquerade.ts';
import { matchingRoutes } from '../search/way.ts';
import { addRoute, routesTowards } from './no-route.ts';

export const natMissing = defineRule({
  code: 'nat-missing',
  title: 'A private source leaves untranslated',
  source: 'RFC 1918 section 3; iptables-extensions(8) MASQUERADE, nft(8) masquerade',
  explains: ['no-route', 'outside-view', 'rp-filter'],

  find(context) {
    const border = untranslatedBorder(context);
    if (border === undefined) return [];
    const { router, out, source, packet, outside } = border;
    const where = outside === undefined ? 'the outside' : outside.name;
    return [
      {
        ...out,
        what: `packets from ${formatPrefix(source)} leave ${router.name} by ${out.device} untranslated, and ${where} has no way back to them`,
        why: 'Networks outside have no route to private addresses: a router on the border has to give such packets its own source address',
        evidence: [derived(`the request leaves ${out.device} with the source ${packet.source}`)],
        repairs: [masquerade(context.host, border), ...routesBack(context.host, outside, packet.source)],
      },
    ];
  },
});

function routesBack(host: Host, outside: Netns | undefined, source: Address): readonly Repair[] {
  if (outside === undefined) return [];
  return routesTowards(host, outside, source).map((route) => addRoute(outside, route, 'reply'));
}

/** The border, when the answer (or, beyond our view, the request) dies of it. */
export function untranslatedBorder(context: FaultContext): Border | undefined {
  const border = borderOf(context);
  if (border === undefined || !(diesOfIt(context.journey, border) || leavesOutside(context, border))) return undefined;
  return isOutside(context.host, border, context.question.destination) ? border : undefined;
}

function diesOfIt(journey: Journey, { outside, packet }: Border): boolean {
  const { fate, leg } = journey;
  if (fate.kind === 'left-host') return true;
  if (fate.kind !== 'dropped') return false;
  if (leg === 'request') {
    // It dies out there of something else; but no answer would find the way back either.
    return fate.netns === outside?.name && matchingRoutes(outside, packet.source).length === 0;
  }
  if (fate.netns === outside?.name) return fate.reason.kind === 'no-route' || fate.reason.kind === 'rp-filter';
  // The outside sent the answer another way, by a route that knows nothing of us.
  return ['no-route', 'not-forwarding', 'ttl-exceeded', 'martian-source'].includes(fate.reason.kind);
}

/** The outside takes the answer to be for the rest of the world, and sends it off by a device that is not on our wire. */
function leavesOutside({ host, journey }: FaultContext, { outside, out }: Border): boolean {
  if (journey.leg === 'request' || journey.fate.kind !== 'dropped') return false;
  const step = routeSteps(journey.steps).find(({ netns }) => netns === outside?.name);
  if (step === undefined || step.route.destination.length > 0) return false;
  return !segmentOf(host, out).some(({ netns, device }) => netns === step.netns && device === step.device);
}
