/**
 * ICMP for IPv4.
 *
 *     0               1               2                               4
 *     +---------------+---------------+-------------------------------+
 *     |     type      |     code      |           checksum            |
 *     +---------------+---------------+-------------------------------+
 *     |  echo: id, sequence; redirect: gateway; frag needed: -, MTU   |
 *     +---------------------------------------------------------------+
 *     |  echo: data; errors: the packet that they are about, cut      |
 *     +---------------------------------------------------------------+
 *
 * Source: RFC 792; RFC 1191 (MTU); RFC 4884 (length of the quoted packet when extensions follow it, not read here).
 *
 * @module
 */

import { type Address, addressFromBytes } from '../net/address.ts';
import { type Decoded, decoded, truncated, viewOf } from './decoded.ts';

const AT = { type: 0, code: 1, checksum: 2, id: 4, quotedWords: 5, sequence: 6, mtu: 6, gateway: 4 } as const;
const HEADER_BYTES = 8;
const WORD_BYTES = 4;

export const ICMP_TYPE = {
  echoReply: 0,
  unreachable: 3,
  sourceQuench: 4,
  redirect: 5,
  echoRequest: 8,
  timeExceeded: 11,
  parameterProblem: 12,
} as const;

/** ICMP_UNREACH_NEEDFRAG: the one unreachable that carries an MTU. */
const FRAGMENTATION_NEEDED = 4;

/** An ICMP header. The payload of `error` and `redirect` is the packet that they are about. */
export type IcmpHeader = {
  readonly type: number;
  readonly code: number;
  readonly checksum: number;
} & (
  | { readonly kind: 'echo-request' | 'echo-reply'; readonly id: number; readonly sequence: number }
  /** `mtu`: of the link that the packet did not fit; only in fragmentation needed, and 0 from very old routers. */
  | { readonly kind: 'error'; readonly mtu: number | undefined; readonly pointer: number | undefined }
  | { readonly kind: 'redirect'; readonly gateway: Address }
  | { readonly kind: 'other' }
);

/** Decode an ICMP message. */
export function decodeIcmp(bytes: Uint8Array): Decoded<IcmpHeader> {
  if (bytes.length < HEADER_BYTES) return truncated('icmp', HEADER_BYTES, bytes);
  const view = viewOf(bytes);
  const type = view.getUint8(AT.type);
  const code = view.getUint8(AT.code);
  const common = { type, code, checksum: view.getUint16(AT.checksum) };
  const payload = bytes.subarray(HEADER_BYTES);
  switch (type) {
    case ICMP_TYPE.echoRequest:
    case ICMP_TYPE.echoReply: {
      const kind = type === ICMP_TYPE.echoRequest ? 'echo-request' : 'echo-reply';
      const header = { ...common, kind, id: view.getUint16(AT.id), sequence: view.getUint16(AT.sequence) } as const;
      return decoded(header, payload);
    }
    case ICMP_TYPE.redirect: {
      const gateway = addressFromBytes(bytes.subarray(AT.gateway, HEADER_BYTES));
      return decoded({ ...common, kind: 'redirect', gateway }, payload);
    }
    case ICMP_TYPE.unreachable:
    case ICMP_TYPE.sourceQuench:
    case ICMP_TYPE.timeExceeded:
    case ICMP_TYPE.parameterProblem: {
      const isTooBig = type === ICMP_TYPE.unreachable && code === FRAGMENTATION_NEEDED;
      const quotedBytes = view.getUint8(AT.quotedWords) * WORD_BYTES;
      return decoded(
        {
          ...common,
          kind: 'error',
          mtu: isTooBig ? view.getUint16(AT.mtu) : undefined,
          pointer: type === ICMP_TYPE.parameterProblem ? view.getUint8(AT.id) : undefined,
        },
        quotedBytes === 0 ? payload : payload.subarray(0, quotedBytes),
      );
    }
    default:
      return decoded({ ...common, kind: 'other' }, payload);
  }
}
