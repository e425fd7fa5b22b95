/**
 * The destination is a broadcast (or multicast) address where it is sent from: nobody answers it as a host.
 *
 * @module
 */

import { defineRule } from '../define.ts';
import { derived, routeEvidence } from '../evidence.ts';
import { droppedAs } from '../search/dropped.ts';

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
        repairs: [],
      },
    ];
  },
});
