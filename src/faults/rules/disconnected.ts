/**
 * No chain of links joins the two namespaces at all.
 *
 * @module
 */

import { defineRule } from '../define.ts';
import { derived, devicesEvidence } from '../evidence.ts';
import { unroutedIn } from '../search/dropped.ts';
import { ownersOf } from '../search/owner.ts';
import { placeText } from '../search/text.ts';
import { wayTo } from '../search/way.ts';

export const disconnected = defineRule({
  code: 'disconnected',
  title: 'Nothing joins the two namespaces',
  source: 'veth(4), ip-link(8): namespaces are joined by devices and by nothing else',
  explains: ['no-route'],

  find(context) {
    const unrouted = unroutedIn(context);
    if (unrouted === undefined) return [];
    const { netns, destination } = unrouted;
    const [owner] = ownersOf(context.host, destination);
    if (owner === undefined || owner.ref.netns === netns.name) return [];
    if (wayTo(context.host, netns.name, destination) !== undefined) return [];
    return [
      {
        netns: netns.name,
        device: undefined,
        what: `no chain of links leads from ${netns.name} to ${destination} on ${placeText(owner.ref)}`,
        why: 'A packet gets from one namespace to another only over devices that join them: a veth pair, a bridge with both on it, a router in between',
        evidence: [devicesEvidence(netns), derived(`${destination} is on ${placeText(owner.ref)}`)],
        repairs: [],
      },
    ];
  },
});
