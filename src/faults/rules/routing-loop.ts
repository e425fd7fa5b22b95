/**
 * The packet comes back to a namespace that it has passed, again and again, until its TTL runs out.
 *
 * @module
 */

import { findNetns, type Host } from '../../host/host.ts';
import { routeText } from '../../host/route-text.ts';
import { defineRule } from '../define.ts';
import { derived, routeEvidence } from '../evidence.ts';
import type { FaultContext } from '../rule.ts';
import { droppedAs, type RouteStep, routeSteps } from '../search/dropped.ts';
import { ownersOf } from '../search/owner.ts';
import { redirections } from '../search/redirect.ts';
import { wayTo } from '../search/way.ts';

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
        evidence: [routeEvidence(netns, turn.route), derived(`it passes ${circle} more than once`)],
        repairs: redirections(context.host, turn),
      },
    ];
  },
});

/** The decision that does not follow the best way; the last of the circle when all do, or nobody knows a way. */
function turningStep({ host, journey }: FaultContext): RouteStep | undefined {
  const steps = routeSteps(journey.steps);
  return steps.find((step) => departs(host, step)) ?? steps.at(-1);
}

function departs(host: Host, step: RouteStep): boolean {
  const way = wayTo(host, step.netns, step.lookup.destination);
  if (way === undefined) return false;
  const target = ownersOf(host, step.nexthop?.via ?? step.lookup.destination).find(
    ({ ref }) => ref.netns !== step.netns,
  );
  return target !== undefined && way.hops[0].into.netns !== target.ref.netns;
}
