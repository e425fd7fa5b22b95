/**
 * Who takes a packet that has come to where it was going: the ICMP layer, or a socket.
 *
 * TCP and UDP look for a socket bound to the very address, then for one bound to all; `::` takes IPv4 as well unless it
 * is IPV6_V6ONLY; a socket bound to a device takes only what came in by it.
 *
 * Source: net/ipv4/icmp.c icmp_echo(); net/ipv6/icmp.c; net/ipv4/inet_hashtables.c compute_score(); net/ipv4/udp.c.
 * Seen in test/live/kernel-delivery.test.ts.
 *
 * @module
 */

import type { ListeningSocket } from '../host/socket.ts';
import type { Fate } from '../journey/fate.ts';
import { type Packet, packetFamily } from '../journey/packet.ts';
import { isUnspecified } from '../net/address.ts';
import type { Port } from '../net/port.ts';
import { droppedAt, undecided } from './fates.ts';
import { type Device, setting } from './netns-index.ts';
import type { Landing } from './receive.ts';
import { take, type Walk } from './walk.ts';

/** It was taken. `socket` is `undefined` for ICMP. */
export interface Delivery {
  readonly kind: 'delivery';
  readonly device: Device;
  readonly packet: Packet;
  readonly socket: ListeningSocket | undefined;
}

/** Give a request to whoever waits for it. */
export function deliverRequest(walk: Walk, landing: Landing): Delivery | Fate {
  const { device, packet } = landing;
  switch (packet.transport.protocol) {
    case 'icmp':
      return deliverEcho(walk, landing);
    case 'tcp':
    case 'udp':
      return deliverToSocket(walk, device, packet, packet.transport.protocol, packet.transport.destPort);
  }
}

/** Note that it arrived. */
export function takeDelivery(walk: Walk, { ref }: Device, packet: Packet, to: string): void {
  take(walk, { netns: ref.netns, device: ref.device, stage: 'deliver', packet, to });
}

function deliverEcho(walk: Walk, { device, packet }: Landing): Delivery | Fate {
  const key = packetFamily(packet) === 'inet' ? 'net/ipv4/icmp_echo_ignore_all' : 'net/ipv6/icmp/echo_ignore_all';
  const ignores = setting(device.netns, key);
  if (!ignores.known) return undecided(device.netns.name, ignores.why);
  if (ignores.value !== 0) return droppedAt(device.ref, { kind: 'echo-ignored', key });
  takeDelivery(walk, device, packet, 'ICMP echo');
  return { kind: 'delivery', device, packet, socket: undefined };
}

function deliverToSocket(
  walk: Walk,
  device: Device,
  packet: Packet,
  protocol: 'tcp' | 'udp',
  port: Port,
): Delivery | Fate {
  const { sockets } = device.netns.netns;
  if (!sockets.known) return undecided(device.netns.name, sockets.why);
  const onPort = sockets.value.filter((socket) => socket.protocol === protocol && socket.port === port);
  const judged = onPort.map((socket) => ({ socket, score: scoreOf(socket, packet, device) }));
  const best = judged.filter(({ score }) => score > 0).sort((a, b) => b.score - a.score)[0];
  if (best !== undefined) {
    takeDelivery(walk, device, packet, best.socket.process ?? `${protocol} port ${port}`);
    return { kind: 'delivery', device, packet, socket: best.socket };
  }
  if (judged.some(({ score }) => Number.isNaN(score))) {
    return undecided(device.netns.name, `whether a socket on [::]:${port} takes IPv4 could not be read`);
  }
  return droppedAt(device.ref, { kind: 'no-socket', protocol, address: packet.destination, port, others: onPort });
}

/** The higher, the closer; 0: not at all; NaN: it cannot be told. */
function scoreOf({ address, device: bound, v6only }: ListeningSocket, packet: Packet, device: Device): number {
  if (bound !== undefined && bound !== device.link.name) return 0;
  const boundScore = bound === undefined ? 0 : 4;
  if (address === packet.destination) return 3 + boundScore;
  if (!isUnspecified(address)) return 0;
  const isSameFamily = address.includes(':') === (packetFamily(packet) === 'inet6');
  if (isSameFamily) return 2 + boundScore;
  if (!address.includes(':')) return 0;
  if (v6only === undefined) return Number.NaN;
  return v6only ? 0 : 1 + boundScore;
}
