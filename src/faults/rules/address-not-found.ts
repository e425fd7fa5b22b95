/**
 * Nobody owns the destination address, though its network is on a wire that nsdiag sees whole.
 *
 * @module
 */

import { familyOf } from '../../net/address.ts';
import { defineRule } from '../define.ts';
import { derived, routeEvidence } from '../evidence.ts';
import { crossingOf } from '../search/crossing.ts';
import { droppedAs } from '../search/dropped.ts';
import { ownersOf, routableAddresses } from '../search/owner.ts';
import { placeText } from '../search/text.ts';
import { endpointsOf } from '../search/wiring.ts';

export const addressNotFound = defineRule({
  code: 'address-not-found',
  title: 'No namespace owns the destination address',
  source: 'RFC 826; net/ipv4/arp.c: arp_process(), net/ipv6/ndisc.c: ndisc_recv_ns()',
  explains: ['neighbor-unresolved'],

  find(context) {
    const crossing = crossingOf(context);
    const dropped = droppedAs(context, 'neighbor-unanswered');
    if (crossing === undefined || dropped === undefined || crossing.isGateway) return [];
    if (ownersOf(context.host, crossing.nexthop).length > 0) return [];
    const family = familyOf(crossing.nexthop);
    const there = endpointsOf(context.host, crossing.segment).flatMap(({ ref, link }) =>
      routableAddresses(link, family).map(({ address }) => `${address} (${placeText(ref)})`),
    );
    return [
      {
        ...crossing.from,
        what: `nobody on the wire of ${placeText(crossing.from)} has the address ${crossing.nexthop}`,
        why: 'Only the owner of an address answers for it; unanswered, the packet is dropped where the question was asked',
        evidence: [
          routeEvidence(dropped.netns, crossing.route),
          derived(there.length === 0 ? 'no address on this wire' : `on this wire: ${there.join(', ')}`),
        ],
        repairs: [],
      },
    ];
  },
});
