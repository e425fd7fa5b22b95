/**
 * A whole captured packet: its headers from the outside in.
 *
 * @module
 */

import type { Address } from '../net/address.ts';
import type { ArpPacket } from './arp.ts';
import type { Undecoded } from './decoded.ts';
import type { EthernetHeader } from './ethernet.ts';
import type { GeneveHeader } from './geneve.ts';
import type { GreHeader } from './gre.ts';
import type { IcmpHeader } from './icmp.ts';
import type { Icmpv6Header } from './icmpv6.ts';
import type { Ipv4Header } from './ipv4.ts';
import type { Ipv6Extension, Ipv6Header } from './ipv6.ts';
import type { LoopbackHeader } from './loopback.ts';
import type { MplsLabel } from './mpls.ts';
import type { PppoeHeader } from './pppoe.ts';
import type { SllHeader } from './sll.ts';
import type { Sll2Header } from './sll2.ts';
import type { TcpHeader } from './tcp.ts';
import type { UdpHeader } from './udp.ts';
import type { VlanTag } from './vlan.ts';
import type { VxlanHeader } from './vxlan.ts';

/** What the header of each layer is. */
export interface Headers {
  readonly sll: SllHeader;
  readonly sll2: Sll2Header;
  readonly loopback: LoopbackHeader;
  readonly ethernet: EthernetHeader;
  readonly vlan: VlanTag;
  readonly mpls: MplsLabel;
  readonly pppoe: PppoeHeader;
  readonly arp: ArpPacket;
  readonly ipv4: Ipv4Header;
  readonly ipv6: Ipv6Header;
  readonly 'ipv6-extension': Ipv6Extension;
  readonly icmp: IcmpHeader;
  readonly icmpv6: Icmpv6Header;
  readonly tcp: TcpHeader;
  readonly udp: UdpHeader;
  readonly vxlan: VxlanHeader;
  readonly geneve: GeneveHeader;
  readonly gre: GreHeader;
}

export type LayerName = keyof Headers;

/** One header, of one of these layers. Narrow on `layer`. */
export type Layer<Name extends LayerName = LayerName> = {
  [N in Name]: { readonly layer: N; readonly header: Headers[N] };
}[Name];

/** Why there is no further header. */
export type Stop =
  /** The innermost header carries no other: `payload` is the application's. */
  | { readonly kind: 'complete' }
  /** A later fragment: the transport header was in the first one. */
  | { readonly kind: 'fragment' }
  /** A protocol that is not decoded here. */
  | { readonly kind: 'unknown'; readonly field: 'link type' | 'ether type' | 'ip protocol'; readonly value: number }
  | Undecoded;

/** Headers from the outside in, and what is left. */
export interface DecodedPacket {
  readonly layers: readonly Layer[];
  /** Behind the last layer. */
  readonly payload: Uint8Array;
  /** How much of the payload the capture does not hold. */
  readonly missingBytes: number;
  readonly stop: Stop;
}

/** An IP packet without what carries it: what its endpoints sent. */
export interface IpPacket {
  readonly source: Address;
  readonly destination: Address;
  /** `undefined`: a later fragment, cut, malformed, or of a protocol that is not decoded. */
  readonly transport: Layer<'icmp' | 'icmpv6' | 'tcp' | 'udp'> | undefined;
  readonly payload: Uint8Array;
}

/** The innermost IP packet; `undefined` when there is none (ARP, 802.3). */
export function innermostIp({ layers, payload }: DecodedPacket): IpPacket | undefined {
  const ip = layers.findLast((layer) => layer.layer === 'ipv4' || layer.layer === 'ipv6');
  const last = layers.at(-1);
  if (ip === undefined || last === undefined) return undefined;
  const { source, destination } = ip.header;
  return { source, destination, transport: isTransport(last) ? last : undefined, payload };
}

function isTransport(layer: Layer): layer is NonNullable<IpPacket['transport']> {
  return layer.layer === 'icmp' || layer.layer === 'icmpv6' || layer.layer === 'tcp' || layer.layer === 'udp';
}
