/**
 * The route names a gateway that nobody on its wire has.
 *
 * @module
 */

import { findNetns } from '../../host/host.ts';
import { routeText } from '../../host/route-text.ts';
import { defineRule } from '../define.ts';
import { routeEvidence, routeOwnerEvidence } from '../evidence.ts';
import { crossingOf } from '../search/crossing.ts';
import { routeSteps } from '../search/dropped.ts';
import { redirections } from '../search/redirect.ts';
import { placeText } from '../search/text.ts';

export const gatewayUnreachable = defineRule({
  code: 'gateway-unreachable',
  title: 'The gateway of the route cannot be reached',
  source: 'net/ipv4/ip_output.c: ip_finish_output2(), the neighbour asked for is the gateway',
  explains: ['neighbor-unresolved'],

  find(context) {
    const crossing = crossingOf(context);
    const step = routeSteps(context.journey.steps).at(-1);
    if (crossing === undefined || step === undefined || !crossing.isGateway || crossing.wire !== undefined) return [];
    const netns = findNetns(context.host, crossing.from.netns);
    if (netns === undefined) return [];
    const elsewhere = crossing.owners[0];
    return [
      {
        ...crossing.from,
        what:
          elsewhere === undefined
            ? `${netns.name} sends to the gateway ${crossing.nexthop}, which nobody has`
            : `${netns.name} asks for the gateway ${crossing.nexthop} on ${crossing.from.device}, but it is on ${placeText(elsewhere.ref)}`,
        why: `The route "${routeText(crossing.route)}" hands the packet to its gateway, and nobody on that wire answers for it`,
        evidence: [routeEvidence(netns, crossing.route), ...routeOwnerEvidence(crossing.route)],
        repairs: redirections(context.host, step),
      },
    ];
  },
});
