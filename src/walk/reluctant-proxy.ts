/**
 * A proxy that keeps silent: `proxy_arp` is on where the question came in, and it does not answer, because it would not
 * forward to the address itself. What keeps it from forwarding is then what keeps the question unanswered.
 *
 * Source: net/ipv4/arp.c arp_process(): ip_route_input_noref() and IN_DEV_FORWARD() come before arp_fwd_proxy(). Seen in
 * test/live/kernel-arp.test.ts.
 *
 * @module
 */

import type { Fate } from '../journey/fate.ts';
import type { Packet } from '../journey/packet.ts';
import type { Step } from '../journey/step.ts';
import { type Address, familyOf } from '../net/address.ts';
import { isProxyFor } from './arp.ts';
import { isFate } from './fates.ts';
import { routeInput } from './route-input.ts';
import type { SegmentFound } from './segment-search.ts';
import type { Walk } from './walk.ts';

/** Any length that every device takes: nothing asks for it before the packet is sent on. */
const LENGTH_BYTES = 28;

/** Why the first proxy that the question reached would not pass a packet on; `undefined` when there is none such. */
export function reluctantProxy(
  walk: Walk,
  sender: Address | undefined,
  target: Address,
  { reached }: SegmentFound,
): Fate | undefined {
  if (sender === undefined || familyOf(target) !== 'inet') return undefined;
  for (const { device } of reached) {
    if (!isProxyFor(device, target)) continue;
    const inquiry: Walk = { ...walk, steps: [] };
    const routed = routeInput(inquiry, device, waiting(sender, target));
    if (!isFate(routed) || routed.kind !== 'dropped') continue;
    walk.steps.push(...inquiry.steps.map((step): Step => ({ ...step, isInquiry: true })));
    return routed;
  }
  return undefined;
}

/** The request as arp_process() reads it: a packet from who asks to whom is asked for. */
function waiting(source: Address, destination: Address): Packet {
  const transport = { protocol: 'icmp', message: 'echo-request', id: 0 } as const;
  return { source, destination, transport, lengthBytes: LENGTH_BYTES, dontFragment: false, ttl: 64, mark: 0 };
}
