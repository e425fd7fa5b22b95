/**
 * Where and of what a round trip ended, as a key: pairs with one key die at one place of one thing.
 *
 * @module
 */

import { routeText, ruleText } from '../../host/route-text.ts';
import type { DropReason, Fate } from '../../journey/fate.ts';
import { lastJourney, type RoundTrip } from '../../journey/journey.ts';

/** The leg, the place, the drop reason, and of that what stays the same from packet to packet. */
export function endOf(trip: RoundTrip): string {
  const { leg, fate } = lastJourney(trip);
  return JSON.stringify([leg, fate.kind, fate.netns, ...detailOf(fate)]);
}

function detailOf(fate: Fate): readonly unknown[] {
  switch (fate.kind) {
    case 'dropped':
      return [fate.device, fate.reason.kind, ...reasonOf(fate.reason)];
    case 'left-host':
      return [fate.device];
    case 'undecided':
      return fate.because;
    case 'delivered':
      return [];
  }
}

function reasonOf(reason: DropReason): readonly unknown[] {
  switch (reason.kind) {
    case 'filtered':
      return [
        reason.hook,
        reason.rule.machinery,
        reason.rule.family,
        reason.rule.table,
        reason.rule.chain,
        reason.rule.position,
      ];
    case 'not-forwarding':
    case 'echo-ignored':
    case 'family-disabled':
      return [reason.key];
    case 'route-type':
      return [routeText(reason.route)];
    case 'rule-action':
      return [ruleText(reason.rule)];
    case 'neighbor-unanswered':
    case 'mac-unowned':
      return [reason.nexthop];
    case 'frame-blocked':
      return [reason.block.at, reason.block.because];
    case 'rp-filter':
      return [reason.inDevice, reason.reverseDevice];
    case 'mtu-exceeded':
    case 'intercepted':
      return [reason.at];
    case 'tunnel-unmatched':
      return [reason.vni, reason.port];
    case 'no-socket':
      return [reason.protocol, reason.port];
    case 'martian-source':
    case 'martian-destination':
      return [reason.because];
    case 'no-route':
    case 'no-source':
    case 'source-not-ours':
    case 'egress-down':
    case 'no-carrier':
    case 'conntrack-full':
    case 'ttl-exceeded':
    case 'reply-not-recognised':
    case 'broadcast-destination':
      return [];
  }
}
