/**
 * The kernel refuses the packet because of its destination address: one that must not appear on a wire, or not here.
 *
 * @module
 */

import { defineRule } from '../define.ts';
import { derived } from '../evidence.ts';
import { droppedAs } from '../search/dropped.ts';

export const martianDestination = defineRule({
  code: 'martian-destination',
  title: 'The destination address is refused here',
  source: 'RFC 1812 section 5.3.7; net/ipv4/route.c: ip_route_input_slow()',
  explains: [],

  find(context) {
    const dropped = droppedAs(context, 'martian-destination');
    if (dropped === undefined) return [];
    const { netns, device, reason } = dropped;
    return [
      {
        netns: netns.name,
        device: device?.device,
        what: `${netns.name} refuses a packet with the destination ${reason.address}`,
        why: `The kernel drops packets with an impossible destination address: ${reason.because}`,
        evidence: [derived(reason.because)],
        repairs: [],
      },
    ];
  },
});
