/**
 * An interface is up and its other end is not, and no rule that knows why has spoken: a bridge without a live port, a
 * device whose far end lies beyond this machine.
 *
 * @module
 */

import type { Repair } from '../../host/edit.ts';
import { findLink, linksOf } from '../../host/host.ts';
import type { DeviceRef } from '../../host/link.ts';
import { portsOf } from '../../topology/wiring.ts';
import { defineRule } from '../define.ts';
import { linkEvidence } from '../evidence.ts';
import type { FaultContext } from '../rule.ts';
import { crossingOf } from '../search/crossing.ts';
import { droppedAs, routeSteps } from '../search/dropped.ts';
import { redirections } from '../search/redirect.ts';

export const noCarrier = defineRule({
  code: 'no-carrier',
  title: 'An interface is up without carrier',
  source: 'net/sched/sch_generic.c: dev_deactivate(); net/bridge/br_stp.c: br_port_state_selection()',
  explains: ['neighbor-unresolved', 'address-not-found', 'gateway-unreachable'],

  find(context) {
    const ref = darkDevice(context);
    const link = ref && findLink(context.host, ref.netns, ref.device);
    if (ref === undefined || link === undefined) return [];
    const isBridge = link.detail.kind === 'bridge';
    const ports = isBridge ? portsOf(context.host, ref).length : 0;
    return [
      {
        ...ref,
        what: isBridge
          ? `${ref.device} in ${ref.netns} has no carrier: ${ports === 0 ? 'no port is attached to it' : 'none of its ports forwards'}`
          : `${ref.device} in ${ref.netns} has no carrier`,
        why: isBridge
          ? 'A bridge has carrier while at least one of its ports forwards; without it, what is sent through it is dropped'
          : 'An interface without carrier is up but has nobody at the other end; what is sent through it is dropped',
        evidence: linkEvidence(context.host, ref),
        repairs: elsewhere(context),
      },
    ];
  },
});

/** Another way that the model knows, when the route could lead there. */
function elsewhere({ host, journey }: FaultContext): readonly Repair[] {
  const step = routeSteps(journey.steps).at(-1);
  return step === undefined ? [] : redirections(host, step);
}

function darkDevice(context: FaultContext): DeviceRef | undefined {
  const dropped = droppedAs(context, 'no-carrier');
  if (dropped !== undefined) return dropped.device ?? crossingOf(context)?.from;
  const wire = crossingOf(context)?.wire ?? [];
  return wire.find(({ netns, device }) => {
    const found = context.host.namespaces.find(({ name }) => name === netns);
    return found !== undefined && linksOf(found).some(({ name, up, carrier }) => name === device && up && !carrier);
  });
}
