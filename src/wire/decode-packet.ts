/**
 * Follow a captured packet from header to header, as deep as it goes: through VLAN tags, IPv6 extension headers and
 * VXLAN.
 *
 * Never throws, and never judges: where it stops, `stop` says why. A new protocol is a line in `Headers`, a decoder
 * below, and a case where its number is read.
 *
 * @module
 */

import type { Port } from '../net/port.ts';
import { decodeArp } from './arp.ts';
import type { Decoded } from './decoded.ts';
import { ETHER_TYPE } from './ether-type.ts';
import { decodeEthernet } from './ethernet.ts';
import { decodeIcmp } from './icmp.ts';
import { decodeIcmpv6 } from './icmpv6.ts';
import { IP_PROTOCOL } from './ip-protocol.ts';
import { decodeIpv4 } from './ipv4.ts';
import { decodeIpv6, decodeIpv6Extension, isIpv6Extension } from './ipv6.ts';
import { LINK_TYPE } from './link-type.ts';
import type { DecodedPacket, Headers, Layer, LayerName, Stop } from './packet.ts';
import { decodeSll2 } from './sll2.ts';
import { decodeTcp } from './tcp.ts';
import { decodeUdp } from './udp.ts';
import { decodeVlan } from './vlan.ts';
import { decodeVxlan, VXLAN_PORTS } from './vxlan.ts';

export interface DecodeOptions {
  /** UDP destination ports behind which VXLAN is looked for. */
  readonly vxlanPorts: readonly Port[];
}

/** Decode a captured packet. @param linkType See LINK_TYPE. */
export function decodePacket(
  bytes: Uint8Array,
  linkType: number,
  options: DecodeOptions = { vxlanPorts: VXLAN_PORTS },
): DecodedPacket {
  const layers: Layer[] = [];
  let payload = bytes;
  let missingBytes = 0;
  // Every header takes at least a byte, so this ends.
  for (let next = firstOf(bytes, linkType); ; ) {
    if (typeof next !== 'function') return { layers, payload, missingBytes, stop: next };
    const step = next(payload, options);
    if (step.kind !== 'decoded') return { layers, payload, missingBytes, stop: step };
    layers.push(step.header.layer);
    payload = step.payload;
    // The inner header knows better where the end is, when it knows at all.
    missingBytes = step.missingBytes > 0 ? step.missingBytes : missingBytes;
    next = step.header.next;
  }
}

/** Decode the IP packet that an ICMP error quotes: mostly cut, so expect `missingBytes`. */
export function decodeQuoted(quoted: Uint8Array): DecodedPacket {
  return decodePacket(quoted, LINK_TYPE.raw);
}

/** How to go on behind a header: with another decoder, or not at all. */
type Next = Decode | Stop;
type Decode = (bytes: Uint8Array, options: DecodeOptions) => Step;
type Step = Decoded<{ readonly layer: Layer; readonly next: Next }>;

const COMPLETE: Stop = { kind: 'complete' };

const sll2: Decode = (bytes) => step('sll2', decodeSll2(bytes), ({ protocol }) => ofEtherType(protocol));
const ethernet: Decode = (bytes) => step('ethernet', decodeEthernet(bytes), ({ etherType }) => ofEtherType(etherType));
const vlan: Decode = (bytes) => step('vlan', decodeVlan(bytes), ({ etherType }) => ofEtherType(etherType));
const arp: Decode = (bytes) => step('arp', decodeArp(bytes), () => COMPLETE);
const ipv4: Decode = (bytes) =>
  step('ipv4', decodeIpv4(bytes), (header) => behindFragment(header.fragmentOffsetBytes, header.protocol));
const ipv6: Decode = (bytes) => step('ipv6', decodeIpv6(bytes), ({ nextHeader }) => ofIpProtocol(nextHeader));
const icmp: Decode = (bytes) => step('icmp', decodeIcmp(bytes), () => COMPLETE);
const icmpv6: Decode = (bytes) => step('icmpv6', decodeIcmpv6(bytes), () => COMPLETE);
const tcp: Decode = (bytes) => step('tcp', decodeTcp(bytes), () => COMPLETE);
const udp: Decode = (bytes, { vxlanPorts }) =>
  step('udp', decodeUdp(bytes), ({ destPort }) => (vxlanPorts.includes(destPort) ? vxlan : COMPLETE));
const vxlan: Decode = (bytes) => step('vxlan', decodeVxlan(bytes), () => ethernet);

function ipv6Extension(type: number): Decode {
  return (bytes) =>
    step('ipv6-extension', decodeIpv6Extension(type, bytes), ({ fragment, nextHeader }) =>
      behindFragment(fragment?.offsetBytes ?? 0, nextHeader),
    );
}

function step<Name extends LayerName>(
  layer: Name,
  decoded: Decoded<Headers[Name]>,
  nextOf: (header: Headers[Name]) => Next,
): Step {
  if (decoded.kind !== 'decoded') return decoded;
  const { header } = decoded;
  return { ...decoded, header: { layer: { layer, header } as Layer, next: nextOf(header) } };
}

function firstOf(bytes: Uint8Array, linkType: number): Next {
  switch (linkType) {
    case LINK_TYPE.ethernet:
      return ethernet;
    case LINK_TYPE.linuxSll2:
      return sll2;
    case LINK_TYPE.raw:
      return (bytes[0] ?? 0) >> 4 === 6 ? ipv6 : ipv4;
    default:
      return { kind: 'unknown', field: 'link type', value: linkType };
  }
}

function ofEtherType(etherType: number): Next {
  switch (etherType) {
    case ETHER_TYPE.ipv4:
      return ipv4;
    case ETHER_TYPE.ipv6:
      return ipv6;
    case ETHER_TYPE.arp:
      return arp;
    case ETHER_TYPE.vlan:
    case ETHER_TYPE.providerVlan:
      return vlan;
    default:
      return { kind: 'unknown', field: 'ether type', value: etherType };
  }
}

function behindFragment(offsetBytes: number, protocol: number): Next {
  return offsetBytes > 0 ? { kind: 'fragment' } : ofIpProtocol(protocol);
}

function ofIpProtocol(protocol: number): Next {
  switch (protocol) {
    case IP_PROTOCOL.icmp:
      return icmp;
    case IP_PROTOCOL.icmpv6:
      return icmpv6;
    case IP_PROTOCOL.tcp:
      return tcp;
    case IP_PROTOCOL.udp:
      return udp;
    default:
      return isIpv6Extension(protocol)
        ? ipv6Extension(protocol)
        : { kind: 'unknown', field: 'ip protocol', value: protocol };
  }
}
