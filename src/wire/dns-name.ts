/**
 * Names in DNS messages: labels, each with its length before it, and pointers to where the rest stood before.
 *
 * A pointer is followed only backwards, so that no name goes round in circles, and a name ends at 255 bytes.
 *
 * Source: RFC 1035 sections 3.1 and 4.1.4; RFC 4343 section 2.1 for what a label is written like.
 *
 * @module
 */

const POINTER = 0xc0;
const MOST_NAME_BYTES = 255;
const DOT = 0x2e;
const BACKSLASH = 0x5c;

interface DnsName {
  /** With dots, without the last one; `.` is the root. */
  readonly text: string;
  /** Where in the message the next field begins. */
  readonly end: number;
}

/** Read the name that begins at `start`. @returns `undefined`: it is cut, or no name. */
export function dnsNameAt(message: Uint8Array, start: number): DnsName | undefined {
  const labels: string[] = [];
  let nameBytes = 1;
  let end: number | undefined;
  // Where what is being read began: a pointer must go to before it.
  let begin = start;
  for (let at = start; ; ) {
    const first = message[at];
    if (first === undefined) return undefined;
    if (first === 0) return { text: labels.join('.') || '.', end: end ?? at + 1 };
    if (first >= POINTER) {
      const second = message[at + 1];
      if (second === undefined) return undefined;
      const target = ((first & ~POINTER) << 8) | second;
      if (target >= begin) return undefined;
      end ??= at + 2;
      begin = target;
      at = target;
      continue;
    }
    nameBytes += 1 + first;
    // The two kinds of labels between 0x40 and 0xbf are of no use any more (RFC 6891 section 5).
    if (first >= 0x40 || nameBytes > MOST_NAME_BYTES || at + 1 + first > message.length) return undefined;
    labels.push(labelText(message.subarray(at + 1, at + 1 + first)));
    at += 1 + first;
  }
}

function labelText(label: Uint8Array): string {
  return Array.from(label, (byte) => {
    if (byte === DOT || byte === BACKSLASH) return `\\${String.fromCharCode(byte)}`;
    return byte > 0x20 && byte < 0x7f ? String.fromCharCode(byte) : `\\${String(byte).padStart(3, '0')}`;
  }).join('');
}
