/**
 * How a journey ends, in a few words for the path table. The cause below it tells why, and from how deep.
 *
 * @module
 */

import { ruleRefText } from '../diagnosis/step-text.ts';
import type { DropReason, Fate, TooLongBy } from '../journey/fate.ts';
import { familyOf } from '../net/address.ts';
import { unreachable } from '../net/unreachable.ts';

/** @returns `undefined` for the end that needs no words: the last step has said that it was delivered. */
export function fateText(fate: Fate): string | undefined {
  switch (fate.kind) {
    case 'delivered':
      return undefined;
    case 'dropped':
      return `dies: ${dropText(fate.reason)}`;
    case 'left-host':
      return 'leaves this machine';
    case 'undecided':
      return `not decided: ${fate.because.join('; ')}`;
    default:
      return unreachable(fate);
  }
}

/** Whether the sender is told. */
function wordText(by: TooLongBy): string {
  switch (by.kind) {
    case 'sender':
      return by.limit.kind === 'learned' ? ', learned of the path' : '';
    case 'device':
      return ', in silence';
    case 'router':
      return by.word?.fate.kind === 'dropped' ? `, and the ICMP error dies in ${by.word.fate.netns}` : '';
    default:
      return unreachable(by);
  }
}

function dropText(reason: DropReason): string {
  switch (reason.kind) {
    case 'no-route':
      return `no route to ${reason.lookup.destination}`;
    case 'route-type':
      return `a route of type ${reason.type} to ${reason.lookup.destination}`;
    case 'rule-action':
      return `policy rule ${reason.rule.priority} says ${reason.action}`;
    case 'no-source':
      return 'no address to send from';
    case 'source-not-ours':
      return `${reason.source} is no address of this namespace`;
    case 'egress-down':
      return 'the device is down';
    case 'no-carrier':
      return 'the device has no carrier';
    case 'neighbor-unanswered':
      return `${familyOf(reason.nexthop) === 'inet' ? 'ARP' : 'ND'} for ${reason.nexthop} stays unanswered`;
    case 'mac-unowned':
      return `nobody here has the MAC ${reason.mac} of ${reason.nexthop}`;
    case 'frame-blocked':
      return `the frame stops at ${reason.block.at.netns} ${reason.block.at.device}: ${reason.block.because.replaceAll('-', ' ')}`;
    case 'not-forwarding':
      return `${reason.key} is ${reason.value}`;
    case 'rp-filter':
      return `reverse path filter refuses ${reason.source} here`;
    case 'martian-source':
    case 'martian-destination':
      return `${reason.kind.replace('-', ' ')} ${reason.address}: ${reason.because}`;
    case 'filtered':
      return `${reason.verdict === 'drop' ? 'dropped' : 'rejected'} by ${ruleRefText(reason.rule)}`;
    case 'conntrack-full':
      return `the connection table is full (${reason.count} of ${reason.max})`;
    case 'mtu-exceeded':
      return `${reason.lengthBytes} bytes do not fit MTU ${reason.mtu}${wordText(reason.by)}`;
    case 'intercepted':
      return `${reason.interceptor.name} has no room for ${reason.frameBytes} bytes`;
    case 'ttl-exceeded':
      return 'the TTL runs out';
    case 'echo-ignored':
      return `${reason.key} is set`;
    case 'no-socket':
      return `nothing listens on ${reason.protocol} ${reason.address} port ${reason.port}`;
    case 'reply-not-recognised':
      return `the answer comes from ${reason.got}, ${reason.expected} was asked`;
    case 'family-disabled':
      return `${reason.key} switches this family off`;
    case 'tunnel-unmatched':
      return `no vxlan ${reason.vni} takes it from UDP port ${reason.port}`;
    case 'broadcast-destination':
      return `${reason.address} is a broadcast or multicast address`;
    default:
      return unreachable(reason);
  }
}
