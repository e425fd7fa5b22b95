/**
 * The packet is larger than an interface passes, and must not be cut into fragments.
 *
 * @module
 */

import { findLink } from '../../host/host.ts';
import { defineRule } from '../define.ts';
import { linkEvidence } from '../evidence.ts';
import { droppedAs } from '../search/dropped.ts';
import { placeText } from '../search/text.ts';

/** What Ethernet carries, and what every veth starts with. */
const ETHERNET_MTU = 1500;

export const mtuExceeded = defineRule({
  code: 'mtu-exceeded',
  title: 'The packet is larger than an MTU on the path',
  source: 'net/ipv4/ip_forward.c: ip_exceeds_mtu(); drivers/net/veth.c: veth_xmit(), is_skb_forwardable()',
  explains: [],

  find(context) {
    const dropped = droppedAs(context, 'mtu-exceeded');
    if (dropped === undefined) return [];
    const { at, lengthBytes, mtu } = dropped.reason;
    const link = findLink(context.host, at.netns, at.device);
    const wanted = Math.max(lengthBytes, ETHERNET_MTU);
    return [
      {
        ...at,
        what: `${placeText(at)} passes at most ${mtu} bytes, and the packet has ${lengthBytes}`,
        why: 'A packet larger than the MTU that may not be fragmented is dropped; the sender is told by ICMP, if that comes through',
        evidence: linkEvidence(context.host, at),
        repairs:
          link === undefined || link.mtu >= wanted
            ? []
            : [
                {
                  intent: `Let ${at.device} pass ${wanted} bytes`,
                  edits: [{ kind: 'link-mtu', ...at, mtu: wanted }],
                  sideEffects: 'Every interface on that wire has to take packets of that size',
                },
              ],
      },
    ];
  },
});
