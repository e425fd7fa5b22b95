/**
 * A captured frame with its place: which device of which namespace, and which way it went.
 *
 * @module
 */

import type { Frame } from '../capture/frame.ts';
import { linksOf, type Netns } from '../host/host.ts';
import type { DeviceName, NetnsName } from '../host/link.ts';
import { type DecodeOptions, decodePacket } from '../wire/decode-packet.ts';
import { LINK_TYPE } from '../wire/link-type.ts';
import { type DecodedPacket, innermostIp } from '../wire/packet.ts';

export interface Seen {
  readonly netns: NetnsName;
  readonly device: DeviceName;
  readonly direction: 'in' | 'out';
  /** The frame carries another MAC than the device's: a port takes it all the same, a host drops it. */
  readonly isForOtherHost: boolean;
  /** libpcap shows of the loopback only what comes in; it has gone out there a moment before. */
  readonly isLoopback: boolean;
  readonly timestampNs: bigint;
  readonly packet: DecodedPacket;
}

const ARPHRD_LOOPBACK = 772;

/** How to read the frames of one namespace's capture. A frame without a whole cooked header is `undefined`. */
export function placeFrames(netns: Netns, options: DecodeOptions): (frame: Frame) => Seen | undefined {
  const names = new Map(linksOf(netns).map(({ ifindex, name }) => [ifindex, name]));
  return ({ bytes, timestampNs }) => {
    const packet = decodePacket(bytes, LINK_TYPE.linuxSll2, options);
    const [first] = packet.layers;
    if (first?.layer !== 'sll2') return undefined;
    const { ifindex, packetType, arphrd } = first.header;
    return {
      netns: netns.name,
      // A device that was made after the snapshot has no name for us.
      device: names.get(ifindex) ?? (`if${ifindex}` as DeviceName),
      direction: packetType === 'outgoing' ? 'out' : 'in',
      isForOtherHost: packetType === 'other-host',
      isLoopback: arphrd === ARPHRD_LOOPBACK,
      timestampNs,
      packet,
    };
  };
}

/** An ICMP message that tells of a failure; a redirect does not. */
export function isIcmpError({ packet }: Seen): boolean {
  const transport = innermostIp(packet)?.transport;
  return (transport?.layer === 'icmp' || transport?.layer === 'icmpv6') && transport.header.kind === 'error';
}
