/**
 * IPv6 header, and the extension headers that may stand between it and the transport.
 *
 *     0               1               2                               4
 *     +-------+---------------+---------------------------------------+
 *     |version| traffic class |              flow label               |
 *     +-------+---------------+-------+---------------+---------------+
 *     |        payload length         |  next header  |   hop limit   |
 *     +-------------------------------+---------------+---------------+
 *     |                   source address (16 bytes)                   |
 *     |                 destination address (16 bytes)                |
 *     +---------------------------------------------------------------+
 *
 * Source: RFC 8200. Jumbograms (RFC 2675) have payload length 0, as has what was captured from segmentation offload:
 * then the payload is all there is. Authentication and ESP headers are not walked through.
 *
 * @module
 */

import { type Address, addressFromBytes } from '../net/address.ts';
import { type Decoded, decoded, malformed, truncated, viewOf } from './decoded.ts';
import { IP_PROTOCOL } from './ip-protocol.ts';

const AT = { versionClassFlow: 0, payloadBytes: 4, nextHeader: 6, hopLimit: 7, source: 8, destination: 24 } as const;
const HEADER_BYTES = 40;

/** The fixed IPv6 header. */
export interface Ipv6Header {
  readonly trafficClass: number;
  readonly flowLabel: number;
  /** Extension headers and what follows them. */
  readonly payloadLengthBytes: number;
  /** See IP_PROTOCOL. */
  readonly nextHeader: number;
  readonly hopLimit: number;
  readonly source: Address;
  readonly destination: Address;
}

/** Decode an IPv6 packet. */
export function decodeIpv6(bytes: Uint8Array): Decoded<Ipv6Header> {
  if (bytes.length < HEADER_BYTES) return truncated('ipv6', HEADER_BYTES, bytes);
  const view = viewOf(bytes);
  const first = view.getUint32(AT.versionClassFlow);
  const version = first >>> 28;
  if (version !== 6) return malformed('ipv6', 'version', `${version} is not 6`);
  const payloadLengthBytes = view.getUint16(AT.payloadBytes);
  const endBytes = payloadLengthBytes === 0 ? bytes.length : HEADER_BYTES + payloadLengthBytes;
  return decoded(
    {
      trafficClass: (first >>> 20) & 0xff,
      flowLabel: first & 0xfffff,
      payloadLengthBytes,
      nextHeader: view.getUint8(AT.nextHeader),
      hopLimit: view.getUint8(AT.hopLimit),
      source: addressFromBytes(bytes.subarray(AT.source, AT.destination)),
      destination: addressFromBytes(bytes.subarray(AT.destination, HEADER_BYTES)),
    },
    bytes.subarray(HEADER_BYTES, endBytes),
    Math.max(0, endBytes - bytes.length),
  );
}

const EXTENSION_AT = { nextHeader: 0, units: 1, fragment: 2, identification: 4 } as const;
const UNIT_BYTES = 8;

/** An extension header; its options are not read. */
export interface Ipv6Extension {
  readonly nextHeader: number;
  /** Of a fragment header. */
  readonly fragment:
    | { readonly offsetBytes: number; readonly moreFragments: boolean; readonly identification: number }
    | undefined;
}

/** Whether a next header of this number is an extension that `decodeIpv6Extension` walks through. */
export function isIpv6Extension(nextHeader: number): boolean {
  const { hopByHop, routing, fragment, destinationOptions } = IP_PROTOCOL;
  return [hopByHop, routing, fragment, destinationOptions].some((extension) => extension === nextHeader);
}

/** Decode one extension header. @param type Its own number, which stands in the header before it. */
export function decodeIpv6Extension(type: number, bytes: Uint8Array): Decoded<Ipv6Extension> {
  if (bytes.length < UNIT_BYTES) return truncated('ipv6-extension', UNIT_BYTES, bytes);
  const view = viewOf(bytes);
  const nextHeader = view.getUint8(EXTENSION_AT.nextHeader);
  if (type === IP_PROTOCOL.fragment) {
    const field = view.getUint16(EXTENSION_AT.fragment);
    const fragment = {
      offsetBytes: field & 0xfff8,
      moreFragments: (field & 1) !== 0,
      identification: view.getUint32(EXTENSION_AT.identification),
    };
    return decoded({ nextHeader, fragment }, bytes.subarray(UNIT_BYTES));
  }
  // RFC 8200 section 4.3: "in 8-octet units, not including the first 8 octets".
  const extensionBytes = (view.getUint8(EXTENSION_AT.units) + 1) * UNIT_BYTES;
  if (bytes.length < extensionBytes) return truncated('ipv6-extension', extensionBytes, bytes);
  return decoded({ nextHeader, fragment: undefined }, bytes.subarray(extensionBytes));
}
