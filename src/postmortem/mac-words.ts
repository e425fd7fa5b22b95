/**
 * MACs as two words of a table: the first four bytes, and the last two.
 *
 * @module
 */

import type { PacketFields } from '../wire/fields.ts';

export function writeMac(words: Int32Array, at: number, { view }: PacketFields, macAt: number): void {
  words[at] = view.getInt32(macAt);
  words[at + 1] = view.getUint16(macAt + 4);
}

export function macText(words: Int32Array, at: number): string {
  const high = ((words[at] ?? 0) >>> 0).toString(16).padStart(8, '0');
  const low = (words[at + 1] ?? 0).toString(16).padStart(4, '0');
  return `${high}${low}`.replace(/..(?=.)/g, '$&:');
}
