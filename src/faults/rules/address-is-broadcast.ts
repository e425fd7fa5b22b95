/**
 * The destination is a broadcast (or multicast) address where it is sent from: nobody answers it as a host.
 *
 * @module
 */

import type { Repair } from '../../host/edit.ts';
import { type Host, linksOf, type Netns } from '../../host/host.ts';
import { connectedPrefix } from '../../host/kernel-routes.ts';
import type { Address } from '../../net/address.ts';
import { broadcastOf, contains } from '../../net/prefix.ts';
import { defineRule } from '../define.ts';
import { derived, routeEvidence } from '../evidence.ts';
import { droppedAs } from '../search/dropped.ts';
import { ownersOf } from '../search/owner.ts';
import { withLength } from './wrong-prefix.ts';

export const addressIsBroadcast = defineRule({
  code: 'address-is-broadcast',
  title: 'The address is a broadcast address',
  source: 'net/ipv4/route.c: __mkroute_output(); net/ipv4/icmp.c: icmp_echo_ignore_broadcasts',
  explains: [],

  find(context) {
    const dropped = droppedAs(context, 'broadcast-destination');
    if (dropped === undefined) return [];
    const { netns, device, reason } = dropped;
    return [
      {
        netns: netns.name,
        device: device?.device,
        what: `${reason.address} is a broadcast or multicast address in ${netns.name}, not a host's`,
        why: 'The last address of an IPv4 network means everybody on it; a packet for it goes to all and is answered by none',
        evidence: [
          reason.route === undefined ? derived(`${reason.address} is for many`) : routeEvidence(netns, reason.route),
        ],
        repairs: lengths(context.host, netns, reason.address),
      },
    ];
  },
});

/** Where a neighbour has the address in a wider network, ours is too narrow. */
function lengths(host: Host, netns: Netns, address: Address): readonly Repair[] {
  const [owner] = ownersOf(host, address).filter(({ ref }) => ref.netns !== netns.name);
  const theirs = owner && connectedPrefix(owner.address);
  if (theirs === undefined || broadcastOf(theirs) === address) return [];
  return linksOf(netns).flatMap((link) =>
    link.addresses.flatMap((own) => {
      const prefix = connectedPrefix(own);
      const isTooNarrow = prefix !== undefined && broadcastOf(prefix) === address && contains(theirs, own.address);
      return isTooNarrow ? [withLength({ netns: netns.name, device: link.name }, own, theirs.length)] : [];
    }),
  );
}
