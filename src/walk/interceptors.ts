/**
 * What a qdisc, a filter or a program on a device does to a frame: takes it, lets it be, or nobody can tell.
 *
 * Source: net/core/dev.c sch_handle_egress(), __dev_xmit_skb(), sch_handle_ingress(), do_xdp_generic().
 * Seen in test/live/kernel-tc.test.ts.
 *
 * @module
 */

import type { Interceptor } from '../host/interceptor.ts';
import type { Fate } from '../journey/fate.ts';
import type { Packet } from '../journey/packet.ts';
import { droppedAt } from './fates.ts';
import type { Device } from './netns-index.ts';

const ETHERNET_BYTES = 14;

/** What stands in the way of any frame on this side of the device: one that takes all, or one of which nobody knows. */
export function takerOn({ link }: Device, side: Interceptor['side']): Interceptor | undefined {
  const there = link.interceptors?.filter((each) => each.side === side) ?? [];
  return there.find(({ takes }) => takes.kind === 'all') ?? there.find(({ takes }) => takes.kind === 'unknown');
}

/** The end of a packet that is longer than what a qdisc of the device ever has room for. */
export function takenAsTooLong({ link, ref }: Device, packet: Packet): Fate | undefined {
  const frameBytes = packet.lengthBytes + ETHERNET_BYTES;
  const taker = link.interceptors?.find(({ takes }) => takes.kind === 'longer' && frameBytes > takes.thanBytes);
  return taker && droppedAt(ref, { kind: 'intercepted', at: ref, interceptor: taker, frameBytes });
}
