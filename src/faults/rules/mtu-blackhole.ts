/**
 * The packet is too long for a router's way out, and the ICMP error that would tell its sender never arrives. Small
 * packets pass, large ones vanish: connections open, and hang with the first full segment.
 *
 * @module
 */

import { defineRule } from '../define.ts';
import { derived } from '../evidence.ts';
import type { Finding } from '../finding.ts';
import type { FaultContext, FaultRule } from '../rule.ts';
import { contextOfWord, lostWordOf } from '../search/lost-word.ts';
import { tooLongIn, wideningEdits } from '../search/too-long.ts';
import { bridgeNetfilter } from './bridge-netfilter.ts';
import { firewallDrop } from './firewall-drop.ts';
import { firewallReject } from './firewall-reject.ts';
import { forwardingOff } from './forwarding-off.ts';
import { gatewayUnreachable } from './gateway-unreachable.ts';
import { narrowEvidence, narrowText } from './mtu-exceeded.ts';
import { noRoute } from './no-route.ts';
import { routeBlackhole } from './route-blackhole.ts';
import { routeProhibit } from './route-prohibit.ts';
import { routeUnreachable } from './route-unreachable.ts';
import { rpFilter } from './rp-filter.ts';

/** What an ICMP error dies of. */
const LOSSES: readonly FaultRule[] = [
  ...[noRoute, routeBlackhole, routeUnreachable, routeProhibit, gatewayUnreachable],
  ...[rpFilter, forwardingOff, bridgeNetfilter, firewallDrop, firewallReject],
];

export const mtuBlackhole = defineRule({
  code: 'mtu-blackhole',
  title: 'Too large for the path, and the sender is never told',
  source: 'RFC 2923 section 2.1; net/ipv4/icmp.c: __icmp_send(); net/ipv4/ip_forward.c: ip_forward()',
  explains: ['mtu-exceeded'],

  find(context) {
    const tooLong = tooLongIn(context);
    if (tooLong === undefined) return [];
    const { reason, sender } = tooLong;
    const word = lostWordOf(reason.by, sender);
    if (word === undefined) return [];
    const loss = lossOf(contextOfWord(context, word));
    const edits = wideningEdits(context.host, tooLong);
    const where = 'netns' in word.fate ? word.fate.netns : reason.at.netns;
    return [
      {
        ...reason.at,
        what: `${narrowText(reason)}; the ICMP error that would tell ${sender} dies in ${where}`,
        why: 'A router drops what is longer than its way out and must not be cut up; a sender who does not get its ICMP error never learns to send less',
        evidence: [
          ...narrowEvidence(context, reason),
          derived(`the ICMP error: ${loss?.what ?? `it is walked as far as ${where}`}`),
          ...(loss?.evidence ?? []),
        ],
        repairs: [
          ...(edits.length === 0
            ? []
            : [
                {
                  intent: `Let ${reason.lengthBytes} bytes pass`,
                  edits,
                  sideEffects: 'Every interface on that wire has to take packets of that size',
                },
              ]),
          ...(loss?.repairs ?? []).map((repair) => ({
            ...repair,
            intent: `Let the ICMP error come to ${sender}, so that it sends less at a time: ${repair.intent}`,
          })),
        ],
      },
    ];
  },
});

function lossOf(context: FaultContext): Finding | undefined {
  return LOSSES.flatMap((rule) => rule.find(context))[0];
}
