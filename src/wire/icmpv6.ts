/**
 * ICMPv6, with the two messages of neighbor discovery that do ARP's work, and the one by which routers tell of themselves.
 *
 *     0               1               2                               4
 *     +---------------+---------------+-------------------------------+
 *     |     type      |     code      |           checksum            |
 *     +---------------+---------------+-------------------------------+
 *     |  echo: id, sequence; too big: MTU; advertisement: R S O flags |
 *     +---------------------------------------------------------------+
 *     |  echo: data; errors: the packet; ND: target (16), options     |
 *     +---------------------------------------------------------------+
 *
 * Source: RFC 4443; RFC 4861 sections 4.2 to 4.4. Redirects and MLD are told by their type.
 *
 * @module
 */

import { type Address, addressFromBytes } from '../net/address.ts';
import type { Mac } from '../net/mac.ts';
import { type Decoded, decoded, truncated, viewOf } from './decoded.ts';
import { type NdOptions, ndOptions } from './nd-options.ts';

const AT = { type: 0, code: 1, checksum: 2, word: 4, sequence: 6, target: 8, options: 24 } as const;
const HEADER_BYTES = 8;
const NEIGHBOR_BYTES = 24;
const ROUTER_BYTES = 16;
const ROUTER_AT = { hopLimit: 4, lifetimeSeconds: 6 } as const;

export const ICMPV6_TYPE = {
  unreachable: 1,
  packetTooBig: 2,
  timeExceeded: 3,
  parameterProblem: 4,
  echoRequest: 128,
  echoReply: 129,
  routerAdvertisement: 134,
  neighborSolicitation: 135,
  neighborAdvertisement: 136,
} as const;

const FIRST_INFORMATIONAL = 128;

/** An ICMPv6 header. The payload of `error` is the packet that it is about. */
export type Icmpv6Header = {
  readonly type: number;
  readonly code: number;
  readonly checksum: number;
} & (
  | { readonly kind: 'echo-request' | 'echo-reply'; readonly id: number; readonly sequence: number }
  | { readonly kind: 'error'; readonly mtu: number | undefined; readonly pointer: number | undefined }
  /** ARP's who-has. `mac`: the asker's; absent in duplicate address detection. */
  | { readonly kind: 'neighbor-solicitation'; readonly target: Address; readonly mac: Mac | undefined }
  /** ARP's is-at. */
  | {
      readonly kind: 'neighbor-advertisement';
      readonly target: Address;
      readonly mac: Mac | undefined;
      readonly router: boolean;
      readonly solicited: boolean;
      readonly override: boolean;
    }
  /** `lifetimeSeconds`: how long it may be a default router; 0 is never. */
  | {
      readonly kind: 'router-advertisement';
      readonly hopLimit: number;
      readonly lifetimeSeconds: number;
      readonly options: NdOptions;
    }
  | { readonly kind: 'other' }
);

/** How long a message of this type is at least: without its target or lifetime one of neighbor discovery says nothing. */
export function icmpv6HeaderBytes(type: number): number {
  switch (type) {
    case ICMPV6_TYPE.neighborSolicitation:
    case ICMPV6_TYPE.neighborAdvertisement:
      return NEIGHBOR_BYTES;
    case ICMPV6_TYPE.routerAdvertisement:
      return ROUTER_BYTES;
    default:
      return HEADER_BYTES;
  }
}

/** Decode an ICMPv6 message. */
export function decodeIcmpv6(bytes: Uint8Array): Decoded<Icmpv6Header> {
  if (bytes.length < HEADER_BYTES) return truncated('icmpv6', HEADER_BYTES, bytes);
  const view = viewOf(bytes);
  const type = view.getUint8(AT.type);
  const leastBytes = icmpv6HeaderBytes(type);
  if (bytes.length < leastBytes) return truncated('icmpv6', leastBytes, bytes);
  const common = { type, code: view.getUint8(AT.code), checksum: view.getUint16(AT.checksum) };
  const payload = bytes.subarray(HEADER_BYTES);
  switch (type) {
    case ICMPV6_TYPE.echoRequest:
    case ICMPV6_TYPE.echoReply: {
      const kind = type === ICMPV6_TYPE.echoRequest ? 'echo-request' : 'echo-reply';
      const header = { ...common, kind, id: view.getUint16(AT.word), sequence: view.getUint16(AT.sequence) } as const;
      return decoded(header, payload);
    }
    case ICMPV6_TYPE.neighborSolicitation: {
      const mac = ndOptions(bytes.subarray(AT.options)).sourceMac;
      const header = { ...common, kind: 'neighbor-solicitation', target: targetOf(bytes), mac } as const;
      return decoded(header, bytes.subarray(AT.options));
    }
    case ICMPV6_TYPE.neighborAdvertisement: {
      const flags = view.getUint8(AT.word);
      const header = {
        ...common,
        kind: 'neighbor-advertisement',
        target: targetOf(bytes),
        mac: ndOptions(bytes.subarray(AT.options)).targetMac,
        router: (flags & 0x80) !== 0,
        solicited: (flags & 0x40) !== 0,
        override: (flags & 0x20) !== 0,
      } as const;
      return decoded(header, bytes.subarray(AT.options));
    }
    case ICMPV6_TYPE.routerAdvertisement: {
      const header = {
        ...common,
        kind: 'router-advertisement',
        hopLimit: view.getUint8(ROUTER_AT.hopLimit),
        lifetimeSeconds: view.getUint16(ROUTER_AT.lifetimeSeconds),
        options: ndOptions(bytes.subarray(ROUTER_BYTES)),
      } as const;
      return decoded(header, bytes.subarray(ROUTER_BYTES));
    }
    default: {
      if (type >= FIRST_INFORMATIONAL) return decoded({ ...common, kind: 'other' }, payload);
      const word = view.getUint32(AT.word);
      const mtu = type === ICMPV6_TYPE.packetTooBig ? word : undefined;
      const pointer = type === ICMPV6_TYPE.parameterProblem ? word : undefined;
      return decoded({ ...common, kind: 'error', mtu, pointer }, payload);
    }
  }
}

function targetOf(bytes: Uint8Array): Address {
  return addressFromBytes(bytes.subarray(AT.target, AT.options));
}
