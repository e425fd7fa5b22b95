/**
 * IPv4 header.
 *
 *     0               1               2                               4
 *     +-------+-------+---------------+-------------------------------+
 *     |version|  IHL  |     TOS       |         total length          |
 *     +-------+-------+---------------+-----+-------------------------+
 *     |        identification         |flags|     fragment offset     |
 *     +---------------+---------------+-----+-------------------------+
 *     |      TTL      |   protocol    |        header checksum        |
 *     +---------------+---------------+-------------------------------+
 *     |                        source address                         |
 *     |                      destination address                      |
 *     |                options, up to the header length               |
 *     +---------------------------------------------------------------+
 *
 * Source: RFC 791. The checksum is told, not verified: senders leave it to offload.
 *
 * @module
 */

import { type Address, addressFromBytes } from '../net/address.ts';
import { type Decoded, decoded, malformed, truncated, viewOf } from './decoded.ts';

const AT = {
  versionAndLength: 0,
  tos: 1,
  lengthBytes: 2,
  identification: 4,
  fragment: 6,
  ttl: 8,
  protocol: 9,
  checksum: 10,
  source: 12,
  destination: 16,
  options: 20,
} as const;
const HEADER_BYTES = 20;
const WORD_BYTES = 4;
const DONT_FRAGMENT = 0x4000;
const MORE_FRAGMENTS = 0x2000;
const OFFSET_MASK = 0x1fff;
const OFFSET_UNIT_BYTES = 8;

/** An IPv4 header as the sender meant it. */
export interface Ipv4Header {
  readonly tos: number;
  /** Header and payload. 0 as captured from segmentation offload (BIG TCP): then the payload is all there is. */
  readonly lengthBytes: number;
  readonly identification: number;
  readonly dontFragment: boolean;
  readonly moreFragments: boolean;
  readonly fragmentOffsetBytes: number;
  readonly ttl: number;
  /** See IP_PROTOCOL. */
  readonly protocol: number;
  readonly checksum: number;
  readonly source: Address;
  readonly destination: Address;
  readonly options: Uint8Array;
}

/**
 * Decode an IPv4 packet.
 *
 * @returns The header and its payload, without the padding that short Ethernet frames have; `missingBytes` when the
 * capture (or the ICMP error that quotes the packet) ends before the total length does.
 */
export function decodeIpv4(bytes: Uint8Array): Decoded<Ipv4Header> {
  if (bytes.length < HEADER_BYTES) return truncated('ipv4', HEADER_BYTES, bytes);
  const view = viewOf(bytes);
  const version = view.getUint8(AT.versionAndLength) >> 4;
  if (version !== 4) return malformed('ipv4', 'version', `${version} is not 4`);
  const headerBytes = (view.getUint8(AT.versionAndLength) & 0x0f) * WORD_BYTES;
  if (headerBytes < HEADER_BYTES) {
    return malformed(
      'ipv4',
      'header length',
      `${headerBytes} bytes are less than the ${HEADER_BYTES} of the fixed part`,
    );
  }
  if (bytes.length < headerBytes) return truncated('ipv4', headerBytes, bytes);
  const lengthBytes = view.getUint16(AT.lengthBytes);
  if (lengthBytes !== 0 && lengthBytes < headerBytes) {
    return malformed('ipv4', 'total length', `${lengthBytes} bytes are less than the ${headerBytes} of the header`);
  }
  const fragment = view.getUint16(AT.fragment);
  const endBytes = lengthBytes === 0 ? bytes.length : lengthBytes;
  return decoded(
    {
      tos: view.getUint8(AT.tos),
      lengthBytes,
      identification: view.getUint16(AT.identification),
      dontFragment: (fragment & DONT_FRAGMENT) !== 0,
      moreFragments: (fragment & MORE_FRAGMENTS) !== 0,
      fragmentOffsetBytes: (fragment & OFFSET_MASK) * OFFSET_UNIT_BYTES,
      ttl: view.getUint8(AT.ttl),
      protocol: view.getUint8(AT.protocol),
      checksum: view.getUint16(AT.checksum),
      source: addressFromBytes(bytes.subarray(AT.source, AT.destination)),
      destination: addressFromBytes(bytes.subarray(AT.destination, AT.options)),
      options: bytes.subarray(AT.options, headerBytes),
    },
    bytes.subarray(headerBytes, endBytes),
    Math.max(0, endBytes - bytes.length),
  );
}
