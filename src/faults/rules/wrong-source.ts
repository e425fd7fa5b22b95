/**
 * The answer comes from another address than was asked, and the asker does not know it for an answer.
 *
 * @module
 */

import { defineRule } from '../define.ts';
import { derived } from '../evidence.ts';
import { droppedAs } from '../search/dropped.ts';

export const wrongSource = defineRule({
  code: 'wrong-source',
  title: 'The answer comes from another address than was asked',
  source: 'net/ipv4/udp.c: __udp4_lib_lookup(); net/netfilter/nf_nat_core.c',
  explains: [],

  find(context) {
    const dropped = droppedAs(context, 'reply-not-recognised');
    if (dropped === undefined) return [];
    const { netns, device, reason } = dropped;
    return [
      {
        netns: netns.name,
        device: device?.device,
        what: `${netns.name} asked ${reason.expected} and is answered by ${reason.got}`,
        why: 'An answer belongs to a question only if it comes from the address that was asked',
        evidence: [derived(`the answer has the source ${reason.got}`)],
        repairs: [],
      },
    ];
  },
});
