/**
 * The two ends of a bridged wire have the same MAC address: the bridge learns it where the frame comes in, and so sends
 * nothing out to the other one.
 *
 * Limit: a third device with the MAC of one of the ends disturbs them now and then, whenever it speaks; the model does
 * not know when.
 *
 * @module
 */

import type { Repair } from '../../host/edit.ts';
import { allLinks, findLink, type Host } from '../../host/host.ts';
import type { DeviceRef } from '../../host/link.ts';
import type { SegmentBlock } from '../../journey/fate.ts';
import type { Mac } from '../../net/mac.ts';
import { endpointsOf } from '../../topology/wiring.ts';
import { defineRule } from '../define.ts';
import { linkEvidence } from '../evidence.ts';
import type { Evidence } from '../finding.ts';
import type { FaultContext } from '../rule.ts';
import { crossingOf } from '../search/crossing.ts';
import { droppedAs } from '../search/dropped.ts';
import { placeText } from '../search/text.ts';

export const duplicateMac = defineRule({
  code: 'duplicate-mac',
  title: 'Two devices on one bridge have the same MAC address',
  source: 'net/bridge/br_input.c: br_handle_frame_finish(), br_fdb_update() comes before the lookup',
  explains: ['neighbor-unresolved', 'neighbor-wrong'],

  find(context) {
    const crossing = crossingOf(context);
    const block = sameMacBlock(context);
    const mac = crossing && findLink(context.host, crossing.from.netns, crossing.from.device)?.mac;
    if (crossing === undefined || block === undefined || mac === undefined) return [];
    const twins = endpointsOf(context.host, crossing.segment).filter(
      ({ ref, link }) => ref.netns !== crossing.from.netns && link.mac === mac,
    );
    const [twin] = twins.filter(({ ref }) => crossing.owners.some((owner) => owner.ref.netns === ref.netns));
    if (twin === undefined) return [];
    return [
      {
        ...twin.ref,
        what: `${placeText(twin.ref)} has the MAC ${mac}, and so has ${placeText(crossing.from)} on the same bridge`,
        why: `A bridge learns the source of a frame before it looks for its destination: it finds ${mac} on the port that the frame came in by, ${placeText(block.at)}, and drops it`,
        evidence: [twin.ref, crossing.from].flatMap((ref) => macEvidence(context.host, ref, mac)),
        repairs: [twin.ref, crossing.from].map((ref) => another(context.host, ref, mac)),
      },
    ];
  },
});

/** Where the bridge held back the frame, or the answer to ARP, that was for its own sender's MAC. */
function sameMacBlock(context: FaultContext): SegmentBlock | undefined {
  const { reason } = droppedAs(context, 'neighbor-unanswered', 'frame-blocked') ?? {};
  const blocks = reason?.kind === 'frame-blocked' ? [reason.block] : (reason?.search.blocks ?? []);
  return blocks.find(({ because }) => because === 'same-mac');
}

function macEvidence(host: Host, ref: DeviceRef, mac: Mac): readonly Evidence[] {
  return linkEvidence(host, ref).map((each) => ({ ...each, text: `${each.text} link/ether ${mac}` }));
}

function another(host: Host, ref: DeviceRef, taken: Mac): Repair {
  return {
    intent: `Give ${ref.device} a MAC of its own`,
    edits: [{ kind: 'link-mac', ...ref, mac: freeMac(host, taken) }],
    sideEffects: `Who has learned the old MAC of ${placeText(ref)} asks anew; a DHCP server may take it for somebody else`,
  };
}

/** A locally administered one like it that nobody here has. */
function freeMac(host: Host, taken: Mac): Mac {
  const used = new Set([...allLinks(host)].map(({ link }) => link.mac));
  const [first = '', second, third, fourth, fifth] = taken.split(':');
  const local = ((Number.parseInt(first, 16) & 0xfc) | 2).toString(16).padStart(2, '0');
  for (let last = 1; last < 256; last++) {
    const mac = [local, second, third, fourth, fifth, last.toString(16).padStart(2, '0')].join(':') as Mac;
    if (!used.has(mac)) return mac;
  }
  throw new Error(`all 255 addresses like ${taken} are taken`);
}
