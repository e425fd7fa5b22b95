/**
 * The answer comes from another address than was asked, and the asker does not know it for an answer.
 *
 * @module
 */

import type { Repair } from '../../host/edit.ts';
import { findNetns } from '../../host/host.ts';
import { routeText } from '../../host/route-text.ts';
import type { Address } from '../../net/address.ts';
import { defineRule } from '../define.ts';
import { derived } from '../evidence.ts';
import type { FaultContext } from '../rule.ts';
import { droppedAs, routeSteps } from '../search/dropped.ts';
import { owns } from '../search/way.ts';

export const wrongSource = defineRule({
  code: 'wrong-source',
  title: 'The answer comes from another address than was asked',
  source: 'net/ipv4/udp.c: __udp4_lib_lookup(); net/netfilter/nf_nat_core.c',
  explains: [],

  find(context) {
    const dropped = droppedAs(context, 'reply-not-recognised');
    if (dropped === undefined) return [];
    const { netns, device, reason } = dropped;
    return [
      {
        netns: netns.name,
        device: device?.device,
        what: `${netns.name} asked ${reason.expected} and is answered by ${reason.got}`,
        why: 'An answer belongs to a question only if it comes from the address that was asked',
        evidence: [derived(`the answer has the source ${reason.got}`)],
        repairs: sourcesFor(context, reason.expected),
      },
    ];
  },
});

/** The route back names the address that was asked, when it is the answerer who chose another. */
function sourcesFor({ host, journey }: FaultContext, expected: Address): readonly Repair[] {
  const [step] = routeSteps(journey.steps);
  const netns = step && findNetns(host, step.netns);
  if (step === undefined || netns === undefined || !owns(netns, expected) || journey.packet?.source === expected) {
    return [];
  }
  const { route } = step;
  return [
    {
      intent: `Let ${netns.name} answer from ${expected} by "${routeText(route)}"`,
      edits: [{ kind: 'route-change', netns: netns.name, from: route, to: { ...route, prefsrc: expected } }],
      sideEffects: `Whatever ${netns.name} sends by that route without naming a source comes from ${expected} then`,
    },
  ];
}
