/**
 * Follow a captured packet from header to header, as deep as it goes: through VLAN tags, MPLS and PPPoE, IPv6
 * extension headers, and tunnels (VXLAN, Geneve, GRE, IP in IP).
 *
 * Never throws, and never judges: where it stops, `stop` says why. A new protocol is a line in `Headers`, a decoder
 * below, and a case where its number is read.
 *
 * @module
 */

import type { Port } from '../net/port.ts';
import { decodeArp } from './arp.ts';
import { type Decoded, malformed } from './decoded.ts';
import { ETHER_TYPE } from './ether-type.ts';
import { decodeEthernet } from './ethernet.ts';
import { decodeGeneve } from './geneve.ts';
import { decodeGre, isPlainGre } from './gre.ts';
import { decodeIcmp } from './icmp.ts';
import { decodeIcmpv6 } from './icmpv6.ts';
import { IP_PROTOCOL } from './ip-protocol.ts';
import { decodeIpv4 } from './ipv4.ts';
import { decodeIpv6, decodeIpv6Extension, isIpv6Extension } from './ipv6.ts';
import { LINK_TYPE } from './link-type.ts';
import { decodeLoopback } from './loopback.ts';
import { decodeMpls } from './mpls.ts';
import type { DecodedPacket, Headers, Layer, LayerName, Stop } from './packet.ts';
import { decodePppoe, PPP_PROTOCOL } from './pppoe.ts';
import { decodeSll } from './sll.ts';
import { decodeSll2 } from './sll2.ts';
import { decodeTcp } from './tcp.ts';
import { GENEVE_PORT, MOST_TUNNELS } from './tunnels.ts';
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
  let tunnels = 0;
  // Every header takes at least a byte, so this ends.
  for (let next = firstOf(linkType); ; ) {
    if (typeof next !== 'function') return { layers, payload, missingBytes, stop: next };
    const step = next(payload, options);
    if (step.kind !== 'decoded') return { layers, payload, missingBytes, stop: step };
    layers.push(step.header.layer);
    payload = step.payload;
    // The inner header knows better where the end is, when it knows at all.
    if (hasLength(step.header.layer)) missingBytes = step.missingBytes;
    next = step.header.next;
    if (isTunnel(step.header) && ++tunnels > MOST_TUNNELS) {
      const stop = malformed('tunnel', 'depth', `more than ${MOST_TUNNELS} tunnels in each other`);
      return { layers, payload, missingBytes, stop };
    }
  }
}

/** Whether the header says itself how long its payload is. */
function hasLength({ layer, header }: Layer): boolean {
  if (layer === 'ipv4') return header.lengthBytes > 0;
  return layer === 'ipv6' ? header.payloadLengthBytes > 0 : layer === 'udp';
}

/** Whether another packet begins behind this header. */
function isTunnel({ layer: { layer }, next }: { readonly layer: Layer; readonly next: Next }): boolean {
  if (layer === 'vxlan' || layer === 'geneve' || layer === 'gre') return true;
  return next === ip && (layer === 'ipv4' || layer === 'ipv6' || layer === 'ipv6-extension');
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
const FRAGMENT: Stop = { kind: 'fragment' };

const sll: Decode = (bytes) => step('sll', decodeSll(bytes), ({ protocol }) => ofEtherType(protocol));
const sll2: Decode = (bytes) => step('sll2', decodeSll2(bytes), ({ protocol }) => ofEtherType(protocol));
const loopback: Decode = (bytes) => step('loopback', decodeLoopback(bytes), () => ip);
const ethernet: Decode = (bytes) => step('ethernet', decodeEthernet(bytes), ({ etherType }) => ofEtherType(etherType));
const vlan: Decode = (bytes) => step('vlan', decodeVlan(bytes), ({ etherType }) => ofEtherType(etherType));
const mpls: Decode = (bytes) =>
  step('mpls', decodeMpls(bytes), ({ isBottom }, payload) => (isBottom ? behindMpls(payload) : mpls));
const pppoe: Decode = (bytes) => step('pppoe', decodePppoe(bytes), ({ protocol }) => ofPpp(protocol));
const arp: Decode = (bytes) => step('arp', decodeArp(bytes), () => COMPLETE);
const ip: Decode = (bytes, options) => ((bytes[0] ?? 0) >> 4 === 6 ? ipv6(bytes, options) : ipv4(bytes, options));
const ipv4: Decode = (bytes) =>
  step('ipv4', decodeIpv4(bytes), ({ fragmentOffsetBytes, protocol }, payload) =>
    fragmentOffsetBytes > 0 ? FRAGMENT : ofIpProtocol(protocol, payload),
  );
const ipv6: Decode = (bytes) =>
  step('ipv6', decodeIpv6(bytes), ({ nextHeader }, payload) => ofNextHeader(nextHeader, payload));
const icmp: Decode = (bytes) => step('icmp', decodeIcmp(bytes), () => COMPLETE);
const icmpv6: Decode = (bytes) => step('icmpv6', decodeIcmpv6(bytes), () => COMPLETE);
const tcp: Decode = (bytes) => step('tcp', decodeTcp(bytes), () => COMPLETE);
const udp: Decode = (bytes, { vxlanPorts }) =>
  step('udp', decodeUdp(bytes), ({ destPort }, payload) => {
    // Their ports are only agreements: what has no such header stays a datagram.
    if (destPort === GENEVE_PORT) return decodeGeneve(payload).kind === 'decoded' ? geneve : COMPLETE;
    return vxlanPorts.includes(destPort) && decodeVxlan(payload).kind === 'decoded' ? vxlan : COMPLETE;
  });
const vxlan: Decode = (bytes) => step('vxlan', decodeVxlan(bytes), () => ethernet);
const geneve: Decode = (bytes) => step('geneve', decodeGeneve(bytes), ({ etherType }) => carried(etherType));
const gre: Decode = (bytes) => step('gre', decodeGre(bytes), ({ etherType }) => carried(etherType));

function ipv6Extension(type: number): Decode {
  return (bytes) =>
    step('ipv6-extension', decodeIpv6Extension(type, bytes), ({ fragment, nextHeader }, payload) =>
      (fragment?.offsetBytes ?? 0) > 0 ? FRAGMENT : ofNextHeader(nextHeader, payload),
    );
}

function step<Name extends LayerName>(
  layer: Name,
  decoded: Decoded<Headers[Name]>,
  nextOf: (header: Headers[Name], payload: Uint8Array) => Next,
): Step {
  if (decoded.kind !== 'decoded') return decoded;
  const { header, payload } = decoded;
  return { ...decoded, header: { layer: { layer, header } as Layer, next: nextOf(header, payload) } };
}

function firstOf(linkType: number): Next {
  switch (linkType) {
    case LINK_TYPE.ethernet:
      return ethernet;
    case LINK_TYPE.linuxSll:
      return sll;
    case LINK_TYPE.linuxSll2:
      return sll2;
    case LINK_TYPE.raw:
    case LINK_TYPE.rawBsd:
    case LINK_TYPE.rawOpenBsd:
    case LINK_TYPE.ipv4:
    case LINK_TYPE.ipv6:
      return ip;
    case LINK_TYPE.null:
    case LINK_TYPE.loop:
      return loopback;
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
    case ETHER_TYPE.mpls:
    case ETHER_TYPE.mplsMulticast:
      return mpls;
    case ETHER_TYPE.pppoeSession:
      return pppoe;
    default:
      return { kind: 'unknown', field: 'ether type', value: etherType };
  }
}

/** In GRE and Geneve. */
function carried(etherType: number): Next {
  return etherType === ETHER_TYPE.transparentBridging ? ethernet : ofEtherType(etherType);
}

/** Only the packet itself says what it is; pseudowires, for one, begin with four bits of 0. */
function behindMpls([first]: Uint8Array): Next {
  const isIp = first === undefined || first >> 4 === 4 || first >> 4 === 6;
  return isIp ? ip : { kind: 'unknown', field: 'ether type', value: ETHER_TYPE.mpls };
}

function ofPpp(protocol: number): Next {
  switch (protocol) {
    case PPP_PROTOCOL.ipv4:
      return ipv4;
    case PPP_PROTOCOL.ipv6:
      return ipv6;
    default:
      return { kind: 'unknown', field: 'ether type', value: ETHER_TYPE.pppoeSession };
  }
}

/** IPv6 may put extension headers before the protocol. */
function ofNextHeader(nextHeader: number, payload: Uint8Array): Next {
  return isIpv6Extension(nextHeader) ? ipv6Extension(nextHeader) : ofIpProtocol(nextHeader, payload);
}

function ofIpProtocol(protocol: number, payload: Uint8Array): Next {
  switch (protocol) {
    case IP_PROTOCOL.icmp:
      return icmp;
    case IP_PROTOCOL.icmpv6:
      return icmpv6;
    case IP_PROTOCOL.tcp:
      return tcp;
    case IP_PROTOCOL.udp:
      return udp;
    case IP_PROTOCOL.ipip:
    case IP_PROTOCOL.ipv6:
      return ip;
    case IP_PROTOCOL.gre:
      return isPlainGre(payload) ? gre : { kind: 'unknown', field: 'ip protocol', value: protocol };
    default:
      return { kind: 'unknown', field: 'ip protocol', value: protocol };
  }
}
