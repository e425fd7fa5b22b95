/**
 * A pcapng block from its body and its options, in little-endian order as everything that we write.
 *
 * Source: draft-ietf-opsawg-pcapng sections 3.1 and 3.5.
 *
 * @module
 */

import { BODY, FRAME_BYTES } from './pcapng-layout.ts';
import { MOST_OPTION_BYTES, OPTION_HEADER_BYTES, padded } from './pcapng-options.ts';

/** A value as its option holds it; `undefined` leaves the option out. */
export type OptionToWrite = readonly [code: number, value: Uint8Array | undefined];

const UTF8 = new TextEncoder();
/** `opt_endofopt`: four zeros. */
const END_OF_OPTIONS_BYTES = 4;
/** Of the bytes of one character, all but the first look like this. */
const CONTINUES = { mask: 0xc0, is: 0x80 } as const;

/** @param body Without its padding. */
export function block(type: number, body: Uint8Array, options: readonly OptionToWrite[] = []): Uint8Array {
  const present = options.flatMap(([code, value]) => (value === undefined ? [] : [optionBytes(code, value)]));
  const optionsBytes = present.reduce((sum, { length }) => sum + length, 0);
  const endBytes = present.length === 0 ? 0 : END_OF_OPTIONS_BYTES;
  const totalBytes = FRAME_BYTES + padded(body.length) + optionsBytes + endBytes;
  const bytes = new Uint8Array(totalBytes);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, type, true);
  view.setUint32(4, totalBytes, true);
  bytes.set(body, BODY);
  let at = BODY + padded(body.length);
  for (const option of present) {
    bytes.set(option, at);
    at += option.length;
  }
  view.setUint32(totalBytes - 4, totalBytes, true);
  return bytes;
}

/** One option as it lies in a block, padded. */
export function optionBytes(code: number, value: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(OPTION_HEADER_BYTES + padded(value.length));
  const view = new DataView(bytes.buffer);
  view.setUint16(0, code, true);
  view.setUint16(2, value.length, true);
  bytes.set(value, OPTION_HEADER_BYTES);
  return bytes;
}

/** How much of blocks that we wrote is whole: where a file must end when its disk is full. */
export function wholeBlocks(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let end = 0;
  while (end + BODY <= bytes.length && end + view.getUint32(end + 4, true) <= bytes.length) {
    end += view.getUint32(end + 4, true);
  }
  return end;
}

/** An option of text. */
export function textOption(code: number, text: string | undefined): OptionToWrite {
  return [code, text === undefined ? undefined : textValue(text)];
}

/** Text, as much of it as an option can hold, cut between two characters. */
export function textValue(text: string): Uint8Array {
  const bytes = UTF8.encode(text);
  if (bytes.length <= MOST_OPTION_BYTES) return bytes;
  let end = MOST_OPTION_BYTES;
  while (((bytes[end] ?? 0) & CONTINUES.mask) === CONTINUES.is) end--;
  return bytes.subarray(0, end);
}

/** Words of 32 bits. */
export function words(...values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(4 * values.length);
  const view = new DataView(bytes.buffer);
  for (const [index, value] of values.entries()) view.setUint32(4 * index, value, true);
  return bytes;
}

/** A count of 64 bits. */
export function countValue(count: number | bigint | undefined): Uint8Array | undefined {
  if (count === undefined) return undefined;
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(count), true);
  return bytes;
}
