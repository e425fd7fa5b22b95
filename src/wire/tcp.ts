/**
 * TCP header.
 *
 *     0                               2                               4
 *     +-------------------------------+-------------------------------+
 *     |          source port          |           dest port           |
 *     +-------------------------------+-------------------------------+
 *     |                        sequence number                        |
 *     |                     acknowledgment number                     |
 *     +-------+-------+---------------+-------------------------------+
 *     |offset |       |     flags     |            window             |
 *     +-------+-------+---------------+-------------------------------+
 *     |           checksum            |        urgent pointer         |
 *     |            options, up to the data offset                     |
 *     +---------------------------------------------------------------+
 *
 * Source: RFC 9293 section 3.1. Options are a view, not read.
 *
 * @module
 */

import type { Port } from '../net/port.ts';
import { type Decoded, decoded, malformed, truncated, viewOf } from './decoded.ts';

/** Where in the header its fields are. */
export const TCP_AT = {
  sourcePort: 0,
  destPort: 2,
  sequence: 4,
  acknowledgment: 8,
  dataOffset: 12,
  flags: 13,
  window: 14,
  checksum: 16,
  urgent: 18,
  options: 20,
} as const;
const HEADER_BYTES = 20;
const WORD_BYTES = 4;

const FLAG = { fin: 0x01, syn: 0x02, rst: 0x04, psh: 0x08, ack: 0x10, urg: 0x20, ece: 0x40, cwr: 0x80 } as const;

export type TcpFlag = keyof typeof FLAG;

/** A TCP header. */
export interface TcpHeader {
  readonly sourcePort: Port;
  readonly destPort: Port;
  readonly sequence: number;
  /** Means something when the ack flag is set. */
  readonly acknowledgment: number;
  readonly flags: ReadonlySet<TcpFlag>;
  readonly window: number;
  readonly checksum: number;
  readonly urgent: number;
  readonly options: Uint8Array;
}

/**
 * Decode a TCP segment.
 *
 * @returns `truncated` also when the capture ends inside the options, so that no half option is taken for a whole one.
 */
export function decodeTcp(bytes: Uint8Array): Decoded<TcpHeader> {
  if (bytes.length < HEADER_BYTES) return truncated('tcp', HEADER_BYTES, bytes);
  const view = viewOf(bytes);
  const headerBytes = (view.getUint8(TCP_AT.dataOffset) >> 4) * WORD_BYTES;
  if (headerBytes < HEADER_BYTES) {
    return malformed('tcp', 'data offset', `${headerBytes} bytes are less than the ${HEADER_BYTES} of the fixed part`);
  }
  if (bytes.length < headerBytes) return truncated('tcp', headerBytes, bytes);
  return decoded(
    {
      sourcePort: view.getUint16(TCP_AT.sourcePort) as Port,
      destPort: view.getUint16(TCP_AT.destPort) as Port,
      sequence: view.getUint32(TCP_AT.sequence),
      acknowledgment: view.getUint32(TCP_AT.acknowledgment),
      flags: flagsOf(view.getUint8(TCP_AT.flags)),
      window: view.getUint16(TCP_AT.window),
      checksum: view.getUint16(TCP_AT.checksum),
      urgent: view.getUint16(TCP_AT.urgent),
      options: bytes.subarray(TCP_AT.options, headerBytes),
    },
    bytes.subarray(headerBytes),
  );
}

function flagsOf(bits: number): ReadonlySet<TcpFlag> {
  const names = Object.keys(FLAG) as TcpFlag[];
  return new Set(names.filter((name) => (bits & FLAG[name]) !== 0));
}
