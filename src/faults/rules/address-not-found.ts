/**
 * Nobody owns the destination address, though its network is on a wire that nsdiag sees whole, or though nothing leads
 * out of all that the sender can reach.
 *
 * @module
 */

import { findNetns } from '../../host/host.ts';
import { familyOf } from '../../net/address.ts';
import { endpointsOf } from '../../topology/wiring.ts';
import { defineRule, type Found } from '../define.ts';
import { derived, routeEvidence, routeOwnerEvidence } from '../evidence.ts';
import type { FaultContext } from '../rule.ts';
import { closedWorldOf } from '../search/closed-world.ts';
import { crossingOf } from '../search/crossing.ts';
import { droppedAs } from '../search/dropped.ts';
import { ownersOf, routableAddresses } from '../search/owner.ts';
import { placeText } from '../search/text.ts';

export const addressNotFound = defineRule({
  code: 'address-not-found',
  title: 'No namespace owns the destination address',
  source: 'RFC 826; net/ipv4/arp.c: arp_process(), net/ipv6/ndisc.c: ndisc_recv_ns()',
  // Once the address is known to be nowhere, what is wrong on the way there is of no account.
  explains: [
    'neighbor-unresolved',
    'no-route',
    'gateway-unreachable',
    'wrong-gateway',
    'routing-loop',
    'forwarding-off',
    'martian-source',
    'nat-missing',
    'nat-wrong',
  ],

  find(context) {
    const onWire = notOnTheWire(context);
    return onWire.length > 0 ? onWire : nowhere(context);
  },
});

/** The wire of its network was asked, and nobody there has it. */
function notOnTheWire(context: FaultContext): readonly Found[] {
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
        ...routeOwnerEvidence(crossing.route),
        derived(there.length === 0 ? 'no address on this wire' : `on this wire: ${there.join(', ')}`),
      ],
      repairs: [],
    },
  ];
}

/** It is on no wire at all, and no wire leads to where nsdiag cannot look. */
function nowhere({ host, question, journey }: FaultContext): readonly Found[] {
  const { destination } = question;
  if (journey.leg !== 'request' || journey.fate.kind !== 'dropped' || ownersOf(host, destination).length > 0) return [];
  const sender = findNetns(host, question.netns);
  const world = sender && closedWorldOf(host, sender, familyOf(destination));
  if (sender === undefined || world === undefined) return [];
  const names = world.map(({ name }) => name).join(', ');
  return [
    {
      netns: sender.name,
      device: undefined,
      what: `no namespace has the address ${destination}, and nothing leads out of those that ${sender.name} can reach`,
      why: 'A packet arrives only where its destination address is: with the namespace that owns it, or beyond an uplink',
      evidence: [derived(`no interface in ${names} holds ${destination}`)],
      repairs: [],
    },
  ];
}
