/**
 * The options of a pcapng block: code, length, value, padded to four bytes; code 0 ends them.
 *
 * Source: draft-ietf-opsawg-pcapng section 3.5.
 *
 * @module
 */

export const OPTION = {
  comment: 1,
  sectionHardware: 2,
  sectionSystem: 3,
  sectionApplication: 4,
  interfaceName: 2,
  interfaceDescription: 3,
  interfaceMac: 6,
  timeResolution: 9,
  filter: 11,
  interfaceSystem: 12,
  timeOffset: 14,
  packetFlags: 2,
  packetDropCount: 4,
  statisticsStart: 2,
  statisticsEnd: 3,
  statisticsReceived: 4,
  statisticsDropped: 5,
  statisticsAccepted: 6,
  statisticsDroppedBySystem: 7,
  statisticsDelivered: 8,
  /** An enterprise number, and bytes; copied by whoever edits the file. */
  customBinary: 2989,
} as const;

/** Code and length, before the value. */
export const OPTION_HEADER_BYTES = 4;
/** The length has 16 bits. */
export const MOST_OPTION_BYTES = 0xffff;
const END_OF_OPTIONS = 0;

/** Options as they lie in a block. Those that reach beyond its end are left out. */
export function* optionsOf(
  view: DataView,
  start: number,
  end: number,
  isLittle: boolean,
): Generator<{ readonly code: number; readonly start: number; readonly lengthBytes: number }> {
  for (let at = start; at + OPTION_HEADER_BYTES <= end; ) {
    const code = view.getUint16(at, isLittle);
    const lengthBytes = view.getUint16(at + 2, isLittle);
    if (code === END_OF_OPTIONS || at + OPTION_HEADER_BYTES + lengthBytes > end) return;
    yield { code, start: at + OPTION_HEADER_BYTES, lengthBytes };
    at += OPTION_HEADER_BYTES + padded(lengthBytes);
  }
}

/** Rounded up to whole words of 32 bits. */
export function padded(lengthBytes: number): number {
  return (lengthBytes + 3) & ~3;
}

const UTF8 = new TextDecoder();

/** Text; what is no UTF-8 becomes U+FFFD. */
export function optionText(bytes: Uint8Array, start: number, lengthBytes: number): string {
  return UTF8.decode(bytes.subarray(start, start + lengthBytes));
}
