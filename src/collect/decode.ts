/**
 * Bytes that a program printed, to text that loses none of them.
 *
 * Device names are bytes to the kernel. What is no UTF-8 comes as a lone surrogate, U+DC00 plus the byte, which no
 * UTF-8 decodes to: so one odd name neither spoils the rest nor is taken for another (as U+FFFD would).
 *
 * Source: PEP 383, which calls it "surrogateescape"; see recording/recording.ts.
 *
 * @module
 */

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** @param bytes Each byte as the character of that number (latin1), as `run` hands them over. */
export function decodeBytes(bytes: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII is all of it
  if (/^[\x00-\x7f]*$/.test(bytes)) return bytes;
  const buffer = Buffer.from(bytes, 'latin1');
  try {
    return UTF8.decode(buffer);
  } catch {
    return decodePieces(buffer);
  }
}

/** The longest run that is UTF-8 each time, then one byte that is not. */
function decodePieces(buffer: Buffer): string {
  let text = '';
  for (let at = 0; at < buffer.length; ) {
    const length = sequenceLength(buffer, at);
    text +=
      length === 0 ? String.fromCharCode(0xdc00 + (buffer[at] ?? 0)) : UTF8.decode(buffer.subarray(at, at + length));
    at += length || 1;
  }
  return text;
}

/** How many bytes make the character that begins here; 0 when none does. */
function sequenceLength(buffer: Buffer, at: number): number {
  for (let length = 1; length <= 4; length++) {
    try {
      UTF8.decode(buffer.subarray(at, at + length));
      return at + length <= buffer.length ? length : 0;
    } catch {
      // Not yet a whole character, or none at all.
    }
  }
  return 0;
}
