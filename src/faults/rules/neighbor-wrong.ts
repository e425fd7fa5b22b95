/**
 * A neighbour entry holds a MAC that nobody on the wire has: the frame reaches everybody and is taken by none.
 *
 * @module
 */

import { defineRule } from '../define.ts';
import { derived, linkEvidence, neighborEvidence } from '../evidence.ts';
import { droppedAs } from '../search/dropped.ts';
import { ownersOf } from '../search/owner.ts';
import { placeText } from '../search/text.ts';

export const neighborWrong = defineRule({
  code: 'neighbor-wrong',
  title: 'A neighbour entry holds a wrong MAC',
  source: 'net/core/neighbour.c: neigh_resolve_output(), NUD_PERMANENT is never asked again; ip-neighbour(8)',
  explains: ['neighbor-unresolved'],

  find(context) {
    const dropped = droppedAs(context, 'mac-unowned');
    if (dropped === undefined) return [];
    const { netns, reason } = dropped;
    const { device, address } = reason.entry;
    const owner = ownersOf(context.host, reason.nexthop).find(({ ref }) => ref.netns !== netns.name);
    return [
      {
        netns: netns.name,
        device,
        what: `${netns.name} sends to ${reason.nexthop} with the MAC ${reason.mac}, which nobody on the wire has`,
        why:
          reason.entry.state === 'permanent'
            ? 'A permanent neighbour entry is used as it stands and never asked for again'
            : 'The kernel goes on using a learned MAC until it finds that nobody answers to it any more',
        evidence: [
          neighborEvidence(netns, reason.entry),
          ...(owner === undefined
            ? [derived(`no device on the wire has ${reason.mac}`)]
            : [
                derived(`${placeText(owner.ref)} has the MAC ${owner.link.mac ?? 'none'}`),
                ...linkEvidence(context.host, owner.ref),
              ]),
        ],
        repairs: [
          {
            intent: `Forget the entry for ${address}, so that it is asked for again`,
            edits: [{ kind: 'neighbor-delete', netns: netns.name, device, address }],
            sideEffects: undefined,
          },
        ],
      },
    ];
  },
});
