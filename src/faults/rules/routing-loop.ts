/**
 * The packet comes back to a namespace that it has passed, again and again, until its TTL runs out.
 *
 * @module
 */

import { findNetns } from '../../host/host.ts';
import { routeText } from '../../host/route-text.ts';
import { defineRule } from '../define.ts';
import { derived, routeEvidence, routeOwnerEvidence } from '../evidence.ts';
import type { FaultContext } from '../rule.ts';
import { astrayIn } from '../search/astray.ts';
import { droppedAs, type RouteStep, routeSteps } from '../search/dropped.ts';
import { redirections } from '../search/redirect.ts';

export const routingLoop = defineRule({
  code: 'routing-loop',
  title: 'Routes lead the packet in a circle',
  source: 'RFC 791 section 3.2, time to live; net/ipv4/ip_forward.c: ip_forward()',
  explains: ['no-route'],

  find(context) {
    const dropped = droppedAs(context, 'ttl-exceeded');
    const turn = dropped && turningStep(context);
    const netns = turn && findNetns(context.host, turn.netns);
    if (dropped === undefined || turn === undefined || netns === undefined) return [];
    const circle = [...new Set(dropped.reason.visited.map((ref) => ref.netns))].join(', ');
    return [
      {
        netns: netns.name,
        device: turn.nexthop?.device,
        what: `${netns.name} sends packets for ${turn.lookup.destination} back: "${routeText(turn.route)}"`,
        why: 'Each namespace passes the packet on and takes one from its TTL; at 0 it is dropped with "time to live exceeded"',
        evidence: [
          routeEvidence(netns, turn.route),
          derived(`it passes ${circle} more than once`),
          ...routeOwnerEvidence(turn.route),
        ],
        repairs: redirections(context.host, turn),
      },
    ];
  },
});

/**
 * The decision from where nothing leads on; where all of the circle could lead on, the one that first sends the packet
 * to where it has been.
 */
function turningStep(context: FaultContext): RouteStep | undefined {
  const steps = routeSteps(context.journey.steps);
  const astray = astrayIn(context)?.step;
  if (astray !== undefined) return astray;
  const back = steps.findIndex((_, index) => {
    const next = steps[index + 1]?.netns;
    return next !== undefined && steps.slice(0, index + 1).some(({ netns }) => netns === next);
  });
  return steps[back] ?? steps.at(-1);
}
