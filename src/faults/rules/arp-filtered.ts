/**
 * The owner of the address hears the question and does not answer: arp_ignore forbids it.
 *
 * @module
 */

import type { Repair } from '../../host/edit.ts';
import { findNetns, type Netns } from '../../host/host.ts';
import type { DeviceRef } from '../../host/link.ts';
import { confKey } from '../../host/sysctl.ts';
import { defineRule } from '../define.ts';
import { sysctlEvidence } from '../evidence.ts';
import { droppedAs } from '../search/dropped.ts';
import { placeText } from '../search/text.ts';

export const arpFiltered = defineRule({
  code: 'arp-filtered',
  title: 'The owner of the address does not answer ARP',
  source: 'net/ipv4/arp.c: arp_process(), arp_ignore(); Documentation/networking/ip-sysctl.rst',
  explains: ['neighbor-unresolved'],

  find(context) {
    const dropped = droppedAs(context, 'neighbor-unanswered');
    const silence = dropped?.reason.silence;
    if (dropped === undefined || silence?.kind !== 'arp-ignore') return [];
    const netns = findNetns(context.host, silence.owner.netns);
    if (netns === undefined) return [];
    return [
      {
        ...silence.owner,
        what: `${placeText(silence.owner)} hears who asks for ${dropped.reason.nexthop}, and does not answer`,
        why: `arp_ignore ${silence.value} (the larger of all and of the interface) answers only for addresses that the asked interface has itself`,
        evidence: [
          sysctlEvidence(netns, confKey('ipv4', silence.owner.device, 'arp_ignore')),
          sysctlEvidence(netns, confKey('ipv4', 'all', 'arp_ignore')),
        ],
        repairs: [answerForAll(netns, silence.owner)],
      },
    ];
  },
});

/** The kernel takes the larger of the two, so both have to be 0. */
function answerForAll(netns: Netns, { device }: DeviceRef): Repair {
  const both = (['all', device] as const).filter(
    (each) => netns.sysctls.values.get(confKey('ipv4', each, 'arp_ignore')) !== '0',
  );
  return {
    intent: `Let ${device} answer for every address of ${netns.name}`,
    edits: both.map((each) => ({
      kind: 'sysctl',
      netns: netns.name,
      key: confKey('ipv4', each, 'arp_ignore'),
      value: '0',
    })),
    sideEffects: both.includes('all')
      ? `So do all interfaces of ${netns.name} without an arp_ignore of their own`
      : undefined,
  };
}
