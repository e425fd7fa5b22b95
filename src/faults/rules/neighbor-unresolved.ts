/**
 * Nobody answers for the next hop, and no rule that knows why has spoken.
 *
 * @module
 */

import { defineRule } from '../define.ts';
import { derived } from '../evidence.ts';
import { crossingOf } from '../search/crossing.ts';
import { droppedAs } from '../search/dropped.ts';
import { placeText } from '../search/text.ts';

export const neighborUnresolved = defineRule({
  code: 'neighbor-unresolved',
  title: 'Nobody answers for the next hop',
  source: 'net/ipv4/arp.c: arp_error_report(); net/ipv6/ndisc.c: ndisc_error_report()',
  explains: [],

  find(context) {
    const dropped = droppedAs(context, 'neighbor-unanswered');
    const crossing = crossingOf(context);
    if (dropped === undefined || crossing === undefined) return [];
    const { search, nexthop } = dropped.reason;
    const blocks = search.blocks.map(({ at, because }) => `${placeText(at)}: ${because}`);
    return [
      {
        ...crossing.from,
        what: `nobody answers ${crossing.from.netns} for ${nexthop} on ${crossing.from.device}`,
        why: 'Without an answer to ARP or neighbour discovery the kernel knows no MAC to send to, and reports "Destination Host Unreachable"',
        evidence: [
          derived(`the question reaches ${search.reached.map(placeText).join(', ') || 'nobody'}`),
          ...(blocks.length === 0 ? [] : [derived(`it stops at ${blocks.join(', ')}`)]),
        ],
        repairs: [],
      },
    ];
  },
});
