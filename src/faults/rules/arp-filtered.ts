/**
 * The owner of the address hears the question and does not answer: arp_ignore or rp_filter forbids it.
 *
 * @module
 */

import type { Edit, Repair } from '../../host/edit.ts';
import { findNetns, type Netns } from '../../host/host.ts';
import type { DeviceRef } from '../../host/link.ts';
import { confKey } from '../../host/sysctl.ts';
import type { ArpSilence } from '../../journey/drop.ts';
import { defineRule } from '../define.ts';
import { sysctlEvidence } from '../evidence.ts';
import { droppedAs, routeSteps } from '../search/dropped.ts';
import { placeText } from '../search/text.ts';
import { addRoute, routesTowards } from './no-route.ts';

export const arpFiltered = defineRule({
  code: 'arp-filtered',
  title: 'The owner of the address does not answer ARP',
  source: 'net/ipv4/arp.c: arp_process(), arp_ignore(); Documentation/networking/ip-sysctl.rst',
  explains: ['neighbor-unresolved'],

  find(context) {
    const dropped = droppedAs(context, 'neighbor-unanswered');
    const silence = dropped?.reason.silence;
    if (dropped === undefined || (silence?.kind !== 'arp-ignore' && silence?.kind !== 'rp-filter')) return [];
    const netns = findNetns(context.host, silence.owner.netns);
    if (netns === undefined) return [];
    const setting = silence.kind === 'arp-ignore' ? 'arp_ignore' : 'rp_filter';
    const asker = routeSteps(context.journey.steps).at(-1)?.source;
    const routes = silence.kind === 'rp-filter' && asker !== undefined ? routesTowards(context.host, netns, asker) : [];
    return [
      {
        ...silence.owner,
        what: `${placeText(silence.owner)} hears who asks for ${dropped.reason.nexthop}, and does not answer`,
        why: whyOf(silence),
        evidence: [
          sysctlEvidence(netns, confKey('ipv4', silence.owner.device, setting)),
          sysctlEvidence(netns, confKey('ipv4', 'all', setting)),
        ],
        repairs: [...settings(netns, silence), ...routes.map((route) => addRoute(netns, route, 'reply'))],
      },
    ];
  },
});

type Filtering = Extract<ArpSilence, { kind: 'arp-ignore' | 'rp-filter' }>;

function whyOf(silence: Filtering): string {
  return silence.kind === 'arp-ignore'
    ? `arp_ignore ${silence.value} (the larger of all and of the interface) answers only for addresses that the asked interface has itself`
    : 'With rp_filter on, ARP is answered only on the interface that the way back to the asker would use';
}

function settings(netns: Netns, silence: Filtering): readonly Repair[] {
  const { owner } = silence;
  if (silence.kind === 'rp-filter') {
    return [
      {
        intent: `Let ${owner.device} answer although the way back is another interface`,
        edits: [set(owner, owner.device, 'rp_filter', '2')],
        sideEffects: `${owner.device} no longer rejects forged sources that some other interface leads to`,
      },
    ];
  }
  // The kernel takes the larger of the two, so both have to be 0.
  const both = (['all', owner.device] as const).filter(
    (device) => netns.sysctls.values.get(confKey('ipv4', device, 'arp_ignore')) !== '0',
  );
  return [
    {
      intent: `Let ${owner.device} answer for every address of ${owner.netns}`,
      edits: both.map((device) => set(owner, device, 'arp_ignore', '0')),
      sideEffects: both.includes('all')
        ? `All interfaces of ${owner.netns} that set no arp_ignore of their own do`
        : undefined,
    },
  ];
}

function set({ netns }: DeviceRef, device: Parameters<typeof confKey>[1], name: string, value: string): Edit {
  return { kind: 'sysctl', netns, key: confKey('ipv4', device, name), value };
}
