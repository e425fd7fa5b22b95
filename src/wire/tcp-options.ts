/**
 * The options of a TCP header: kind, length, value; two kinds are a single byte.
 *
 * Source: RFC 9293 section 3.1 (MSS), RFC 7323 (window scale, timestamps), RFC 2018 (SACK).
 *
 * @module
 */

import { viewOf } from './decoded.ts';

const KIND = { end: 0, noOperation: 1, mss: 2, windowScale: 3, sackPermitted: 4, sack: 5, timestamps: 8 } as const;
const HEAD_BYTES = 2;
const SACK_BLOCK_BYTES = 8;

/** What the options say; `undefined` where one is not there. */
export interface TcpOptions {
  readonly mss: number | undefined;
  /** The window is shifted left by so many bits. */
  readonly windowScale: number | undefined;
  readonly sackPermitted: boolean;
  /** What has arrived behind a hole: sequence numbers, the last one not included. */
  readonly sack: readonly { readonly start: number; readonly end: number }[];
  readonly timestamps: { readonly value: number; readonly echo: number } | undefined;
}

/** Read the options of a TCP header, as far as they make sense: the first that does not ends them. */
export function tcpOptions(bytes: Uint8Array): TcpOptions {
  const view = viewOf(bytes);
  let [mss, windowScale]: (number | undefined)[] = [];
  let sackPermitted = false;
  let timestamps: TcpOptions['timestamps'];
  const sack: { readonly start: number; readonly end: number }[] = [];
  for (let at = 0; at < bytes.length; ) {
    const kind = view.getUint8(at);
    if (kind === KIND.end) break;
    if (kind === KIND.noOperation) {
      at++;
      continue;
    }
    const lengthBytes = bytes[at + 1] ?? 0;
    if (lengthBytes < HEAD_BYTES || at + lengthBytes > bytes.length) break;
    const value = at + HEAD_BYTES;
    if (kind === KIND.mss && lengthBytes === 4) mss = view.getUint16(value);
    else if (kind === KIND.windowScale && lengthBytes === 3) windowScale = view.getUint8(value);
    else if (kind === KIND.sackPermitted && lengthBytes === 2) sackPermitted = true;
    else if (kind === KIND.timestamps && lengthBytes === 10) {
      timestamps = { value: view.getUint32(value), echo: view.getUint32(value + 4) };
    } else if (kind === KIND.sack) {
      for (let block = value; block + SACK_BLOCK_BYTES <= at + lengthBytes; block += SACK_BLOCK_BYTES) {
        sack.push({ start: view.getUint32(block), end: view.getUint32(block + 4) });
      }
    }
    at += lengthBytes;
  }
  return { mss, windowScale, sackPermitted, sack, timestamps };
}
