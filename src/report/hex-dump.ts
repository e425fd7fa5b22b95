/**
 * Bytes as hexdump -C and Wireshark show them: the place, sixteen bytes, and what of them is ASCII to print.
 *
 * @module
 */

const ROW_BYTES = 16;
const FIRST_PRINTABLE = 0x20;
const LAST_PRINTABLE = 0x7e;

export function hexDump(bytes: Uint8Array): string {
  const rows = Array.from({ length: Math.ceil(bytes.length / ROW_BYTES) }, (_, row) => rowText(bytes, row * ROW_BYTES));
  return rows.join('\n');
}

function rowText(bytes: Uint8Array, at: number): string {
  const row = [...bytes.subarray(at, at + ROW_BYTES)];
  const hex = row.map((byte, index) => `${index === ROW_BYTES / 2 ? ' ' : ''}${byte.toString(16).padStart(2, '0')}`);
  const isPrintable = (byte: number) => byte >= FIRST_PRINTABLE && byte <= LAST_PRINTABLE;
  const text = row.map((byte) => (isPrintable(byte) ? String.fromCharCode(byte) : '.'));
  return `${at.toString(16).padStart(4, '0')}  ${hex.join(' ').padEnd(3 * ROW_BYTES)}  ${text.join('')}`;
}
