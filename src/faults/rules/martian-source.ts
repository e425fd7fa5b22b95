/**
 * The kernel refuses the packet because of its source address: one that must not appear on a wire, or not here.
 *
 * @module
 */

import { defineRule } from '../define.ts';
import { derived } from '../evidence.ts';
import { droppedAs } from '../search/dropped.ts';

export const martianSource = defineRule({
  code: 'martian-source',
  title: 'The source address is refused here',
  source: 'RFC 1812 section 5.3.7; net/ipv4/route.c: ip_route_input_slow()',
  explains: [],

  find(context) {
    const dropped = droppedAs(context, 'martian-source');
    if (dropped === undefined) return [];
    const { netns, device, reason } = dropped;
    return [
      {
        netns: netns.name,
        device: device?.device,
        what: `${netns.name} refuses a packet with the source ${reason.address}`,
        why: `The kernel drops packets with an impossible source address: ${reason.because}`,
        evidence: [derived(reason.because)],
        repairs: [],
      },
    ];
  },
});
