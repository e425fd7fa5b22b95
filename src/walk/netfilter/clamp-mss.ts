/**
 * Rules that lower the segment size which the two ends of a TCP connection tell each other: what is told to be small
 * enough gets through a narrow link without anybody's ICMP.
 *
 * A size is never raised, even by `--set-mss`. `--clamp-mss-to-pmtu` and `rt mtu` take the smaller MTU of the way on and
 * of the way back.
 *
 * Limit: of these two ways the devices count, not the `mtu` of a route, nor what was learned of the path.
 *
 * Source: net/netfilter/xt_TCPMSS.c tcpmss_mangle_packet(); net/netfilter/nft_rt.c get_tcpmss(); nft_exthdr.c
 * nft_exthdr_tcp_set_eval(). Seen in test/live/netfilter-mss.test.ts.
 *
 * @module
 */

import { linksOf, type Netns } from '../../host/host.ts';
import type { DeviceName } from '../../host/link.ts';
import { type Packet, packetFamily } from '../../journey/packet.ts';

/** Headers of a segment without options, IP and TCP. */
const HEADER_BYTES = { inet: 40, inet6: 60 } as const;

/** The way of the packet through its namespace, as far as it is known at the hook. */
interface Passing {
  readonly netns: Netns;
  readonly inDevice: DeviceName | undefined;
  readonly outDevice: DeviceName | undefined;
}

/** The packet with the size that it tells lowered, if it opens a connection. */
export function clampMss(packet: Packet, to: number | 'path', passing: Passing): Packet {
  const { transport } = packet;
  const most = to === 'path' ? pathMss(packet, passing) : to;
  if (transport.protocol !== 'tcp' || transport.flags === 'rst' || most === undefined) return packet;
  return { ...packet, transport: { ...transport, mss: Math.min(most, transport.mss ?? most) } };
}

function pathMss(packet: Packet, { netns, inDevice, outDevice }: Passing): number | undefined {
  const mtus = linksOf(netns).flatMap(({ name, mtu }) => (name === inDevice || name === outDevice ? [mtu] : []));
  return mtus.length === 0 ? undefined : Math.min(...mtus) - HEADER_BYTES[packetFamily(packet)];
}

/** How long a packet of the other side gets, which keeps to the size that it was told; `undefined`: nobody lowered it. */
export function toldLength({ transport, destination }: Packet): number | undefined {
  if (transport.protocol !== 'tcp' || transport.mss === undefined) return undefined;
  return transport.mss + HEADER_BYTES[destination.includes(':') ? 'inet6' : 'inet'];
}
