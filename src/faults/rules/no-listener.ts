/**
 * The packet arrives, and no socket waits on that port.
 *
 * @module
 */

import { defineRule } from '../define.ts';
import { noSocketEvidence } from '../evidence.ts';
import { droppedAs } from '../search/dropped.ts';

export const noListener = defineRule({
  code: 'no-listener',
  title: 'Nothing listens on that port',
  source: 'net/ipv4/tcp_ipv4.c: tcp_v4_rcv(); net/ipv4/udp.c: __udp4_lib_rcv()',
  explains: [],

  find(context) {
    const dropped = droppedAs(context, 'no-socket');
    if (dropped === undefined || dropped.reason.others.length > 0) return [];
    const { netns, reason } = dropped;
    const answer = reason.protocol === 'tcp' ? 'a reset ("Connection refused")' : 'ICMP "port unreachable"';
    return [
      {
        netns: netns.name,
        device: undefined,
        what: `nothing in ${netns.name} listens on ${reason.protocol} port ${reason.port}`,
        why: `The network is fine: the kernel has nobody to give the packet to and answers with ${answer}`,
        evidence: [noSocketEvidence(netns, reason.protocol, reason.port)],
        repairs: [],
      },
    ];
  },
});
