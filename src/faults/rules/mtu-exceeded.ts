/**
 * The packet is longer than an interface, or a route, lets pass, and must not be cut up. Whoever sent it is told, or it
 * is a device that tells nobody; where a router's word gets lost, that is `mtu-blackhole`.
 *
 * @module
 */

import { ipIn } from '../../host/commands-enter.ts';
import { familyOption } from '../../host/commands-route.ts';
import { findNetns, type Host } from '../../host/host.ts';
import type { PathMtu } from '../../host/path-mtu.ts';
import { routeText } from '../../host/route-text.ts';
import type { TooLongBy } from '../../journey/fate.ts';
import { unreachable } from '../../net/unreachable.ts';
import { defineRule } from '../define.ts';
import { derived, linkEvidence, routeEvidence } from '../evidence.ts';
import type { Evidence } from '../finding.ts';
import type { FaultContext } from '../rule.ts';
import { isWordLost } from '../search/lost-word.ts';
import { placeText } from '../search/text.ts';
import { type TooLong, type TooLongReason, tooLongIn, wideningEdits } from '../search/too-long.ts';

export const mtuExceeded = defineRule({
  code: 'mtu-exceeded',
  title: 'The packet is larger than an MTU on the path',
  source: 'net/ipv4/ip_forward.c: ip_exceeds_mtu(); include/linux/netdevice.h: __is_skb_forwardable()',
  explains: [],

  find(context) {
    const tooLong = tooLongIn(context);
    if (tooLong === undefined || isWordLost(tooLong.reason.by, tooLong.sender)) return [];
    const { reason, sender, learned, isOutdated } = tooLong;
    const edits = wideningEdits(context.host, tooLong);
    return [
      {
        ...(isOutdated ? { netns: sender, device: reason.at.device } : reason.at),
        what: isOutdated ? outdatedText(tooLong) : narrowText(reason),
        why: isOutdated
          ? 'What Linux learns of a path it believes for ten minutes, also when the path has been widened since'
          : ruleText(reason.by),
        evidence: [
          ...(isOutdated ? [] : narrowEvidence(context, reason)),
          ...learnedEvidence(context.host, learned, sender),
        ],
        repairs:
          edits.length === 0
            ? []
            : [
                {
                  intent: isOutdated ? 'Forget what was learned of the path' : `Let ${reason.lengthBytes} bytes pass`,
                  edits,
                  sideEffects: isOutdated ? undefined : sideEffectsOf(reason.by),
                },
              ],
      },
    ];
  },
});

function outdatedText({ sender, reason: { mtu, packet } }: TooLong): string {
  return `${sender} still believes that no more than ${mtu} bytes pass to ${packet.destination}, and the path is wider`;
}

/** `b in r1 passes at most 1400 bytes, and the packet has 1500`. */
export function narrowText({ at, by, mtu, lengthBytes }: TooLongReason): string {
  const isRoute = by.kind !== 'device' && by.limit.kind === 'route';
  const what = isRoute ? `a route of ${at.netns}` : placeText(at);
  return `${what} passes at most ${mtu} bytes, and the packet has ${lengthBytes}`;
}

function ruleText(by: TooLongBy): string {
  switch (by.kind) {
    case 'sender':
      return 'A packet that must not be cut up and is longer than its own way out is not even sent: "Message too long"';
    case 'router':
      return 'A router drops what is longer than its way out and must not be cut up, and tells the sender by ICMP how much would pass';
    case 'device':
      return 'A device that is handed a frame longer than its MTU, and 4 bytes for a VLAN tag, drops it; nobody is told';
    default:
      return unreachable(by);
  }
}

/** The line that sets the limit, and what would fit. */
export function narrowEvidence({ host, question }: FaultContext, reason: TooLongReason): readonly Evidence[] {
  const { at, by, mtu, lengthBytes } = reason;
  const netns = findNetns(host, at.netns);
  const limit = by.kind === 'device' ? undefined : by.limit;
  const shown =
    limit?.kind === 'route' && netns !== undefined ? [routeEvidence(netns, limit.route)] : linkEvidence(host, at);
  const fitting = mtu - (lengthBytes - question.payloadBytes);
  return fitting > 0 && question.proto !== 'tcp' ? [...shown, derived(`what fits there: --size ${fitting}`)] : shown;
}

function learnedEvidence(host: Host, learned: PathMtu | undefined, sender: string): readonly Evidence[] {
  const netns = findNetns(host, sender);
  if (learned === undefined || netns === undefined) return [];
  const { destination, device, mtu } = learned;
  const command = ipIn(netns, [...familyOption(learned.family), 'route', 'show', 'cache', destination]);
  return [{ witness: 'model', command, text: `${destination} dev ${device ?? '?'} cache mtu ${mtu}` }];
}

function sideEffectsOf(by: TooLongBy): string {
  if (by.kind !== 'device' && by.limit.kind === 'route') {
    return `The route ${routeText(by.limit.route)} was narrow on purpose, perhaps for a tunnel further on`;
  }
  return 'Every interface on that wire has to take packets of that size';
}
