/**
 * The interface that ought to answer, or to ask, has ARP switched off.
 *
 * @module
 */

import { findLink } from '../../host/host.ts';
import type { DeviceRef } from '../../host/link.ts';
import { defineRule } from '../define.ts';
import { linkEvidence } from '../evidence.ts';
import type { FaultContext } from '../rule.ts';
import { crossingOf } from '../search/crossing.ts';
import { droppedAs } from '../search/dropped.ts';
import { placeText } from '../search/text.ts';

export const interfaceNoarp = defineRule({
  code: 'interface-noarp',
  title: 'An interface has ARP switched off',
  source: 'net/ipv4/arp.c: arp_rcv(), IFF_NOARP',
  explains: ['neighbor-unresolved', 'neighbor-wrong'],

  find(context) {
    const deaf = silentOwner(context) ?? blindSender(context);
    if (deaf === undefined) return [];
    const { owner, what } = deaf;
    return [
      {
        ...owner,
        what,
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

interface Deaf {
  readonly owner: DeviceRef;
  readonly what: string;
}

function silentOwner(context: FaultContext): Deaf | undefined {
  const dropped = droppedAs(context, 'neighbor-unanswered');
  const silence = dropped?.reason.silence;
  if (dropped === undefined || silence?.kind !== 'noarp') return undefined;
  const { owner } = silence;
  const what = `${placeText(owner)} has ARP switched off and does not answer for ${dropped.reason.nexthop}`;
  return { owner, what };
}

/** Without ARP the kernel addresses every frame to the device's own MAC, which nobody else has. */
function blindSender(context: FaultContext): Deaf | undefined {
  const { reason } = droppedAs(context, 'mac-unowned', 'frame-blocked') ?? {};
  const crossing = crossingOf(context);
  const link = crossing && findLink(context.host, crossing.from.netns, crossing.from.device);
  if (reason === undefined || crossing === undefined || link?.noArp !== true || link.detail.kind === 'dummy')
    return undefined;
  if (reason.kind === 'frame-blocked' && reason.block.because !== 'same-mac') return undefined;
  if (reason.kind === 'mac-unowned' && reason.entry.state !== 'noarp') return undefined;
  const what = `${placeText(crossing.from)} has ARP switched off and does not ask for ${crossing.nexthop}`;
  return { owner: crossing.from, what };
}
