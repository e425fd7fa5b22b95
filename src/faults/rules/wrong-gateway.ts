/**
 * The gateway is there, and is no way to the destination: it would have to send the packet back where it came from.
 *
 * @module
 */

import { findLink, findNetns, type Host, sameDevice } from '../../host/host.ts';
import type { NetnsName } from '../../host/link.ts';
import { routeText } from '../../host/route-text.ts';
import { segmentOf } from '../../topology/wiring.ts';
import { defineRule } from '../define.ts';
import { derived, routeEvidence, routeOwnerEvidence } from '../evidence.ts';
import type { FaultContext } from '../rule.ts';
import { type RouteStep, routeSteps } from '../search/dropped.ts';
import { ownersOf } from '../search/owner.ts';
import { redirections } from '../search/redirect.ts';
import { wayTo } from '../search/way.ts';

export const wrongGateway = defineRule({
  code: 'wrong-gateway',
  title: 'The gateway of the route is no way to the destination',
  source: 'net/ipv4/route.c: ip_route_input_slow(), the gateway routes the packet by its own tables',
  explains: ['forwarding-off', 'no-route', 'routing-loop', 'outside-view', 'nat-missing', 'disconnected'],

  find(context) {
    const misled = misledStep(context);
    const netns = misled && findNetns(context.host, misled.step.netns);
    if (misled === undefined || netns === undefined) return [];
    const { step, gateway } = misled;
    return [
      {
        netns: netns.name,
        device: step.nexthop?.device,
        what: `${netns.name} sends to ${step.nexthop?.via} in ${gateway}, from where nothing leads to ${step.lookup.destination}`,
        why: 'A gateway passes a packet on by its own routes; one that has no other interface towards the destination can only send it back or drop it',
        evidence: [
          routeEvidence(netns, step.route),
          derived(
            `no wire leads on from ${gateway} to ${step.lookup.destination}; "${routeText(step.route)}" is the route that sends it there`,
          ),
          ...routeOwnerEvidence(step.route),
        ],
        repairs: redirections(context.host, step),
      },
    ];
  },
});

interface Misled {
  readonly step: RouteStep;
  readonly gateway: NetnsName;
}

/** The last decision before the end that named a gateway, when that gateway has no way on. */
function misledStep({ host, journey }: FaultContext): Misled | undefined {
  const { fate } = journey;
  const isStuck =
    fate.kind === 'left-host' || (fate.kind === 'dropped' && ['not-forwarding', 'no-route'].includes(fate.reason.kind));
  if (!isStuck) return undefined;
  for (const step of routeSteps(journey.steps)) {
    const gateway = gatewayOf(host, step);
    if (gateway === undefined || owned(host, step, gateway)) continue;
    const way = wayTo(host, step.netns, step.lookup.destination);
    if (way === undefined || way.hops[0].into.netns === gateway) continue;
    if (leadsOn(host, step, gateway)) continue;
    return { step, gateway };
  }
  return undefined;
}

function gatewayOf(host: Host, step: RouteStep): NetnsName | undefined {
  const via = step.nexthop?.via;
  return via === undefined ? undefined : ownersOf(host, via).find(({ ref }) => ref.netns !== step.netns)?.ref.netns;
}

function owned(host: Host, step: RouteStep, gateway: NetnsName): boolean {
  return ownersOf(host, step.lookup.destination).some(({ ref }) => ref.netns === gateway);
}

/** Whether the best way from the gateway leaves by another wire than the one that the packet came by. */
function leadsOn(host: Host, step: RouteStep, gateway: NetnsName): boolean {
  const way = wayTo(host, gateway, step.lookup.destination);
  const device = step.nexthop?.device;
  if (way === undefined || device === undefined || findLink(host, step.netns, device) === undefined) return false;
  const arrival = segmentOf(host, { netns: step.netns, device });
  return !arrival.some((ref) => sameDevice(ref, way.hops[0].out));
}
