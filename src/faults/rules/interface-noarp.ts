/**
 * The interface that ought to answer has ARP switched off.
 *
 * @module
 */

import { defineRule } from '../define.ts';
import { linkEvidence } from '../evidence.ts';
import { droppedAs } from '../search/dropped.ts';
import { placeText } from '../search/text.ts';

export const interfaceNoarp = defineRule({
  code: 'interface-noarp',
  title: 'An interface has ARP switched off',
  source: 'net/ipv4/arp.c: arp_rcv(), IFF_NOARP',
  explains: ['neighbor-unresolved'],

  find(context) {
    const dropped = droppedAs(context, 'neighbor-unanswered');
    const silence = dropped?.reason.silence;
    if (dropped === undefined || silence?.kind !== 'noarp') return [];
    const { owner } = silence;
    return [
      {
        ...owner,
        what: `${placeText(owner)} has ARP switched off and does not answer for ${dropped.reason.nexthop}`,
        why: 'An interface with NOARP neither asks nor answers; its neighbours have to know its MAC by heart',
        evidence: linkEvidence(context.host, owner),
        repairs: [
          {
            intent: `Switch ARP on for ${owner.device}`,
            edits: [{ kind: 'link-arp', ...owner, arp: true }],
            sideEffects: undefined,
          },
        ],
      },
    ];
  },
});
