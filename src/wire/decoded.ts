/**
 * What a decoder answers.
 *
 * A decoder is a pure function from bytes to `Decoded<Header>`. It never throws, however the bytes were cut or made
 * up; it checks before it reads; and what it answers are views on the bytes it was given, not copies.
 *
 * @module
 */

/** A header with the bytes it carries, or why there is none. Narrow on `kind`. */
export type Decoded<Header> =
  | {
      readonly kind: 'decoded';
      readonly header: Header;
      /** What the header carries, as far as it was captured; without padding behind it. */
      readonly payload: Uint8Array;
      /** Bytes that the header announces and the capture does not hold. */
      readonly missingBytes: number;
    }
  | Undecoded;

/** Why there is no header. */
export type Undecoded =
  /** The bytes end inside the header: the capture was cut short, or the packet was. */
  | { readonly kind: 'truncated'; readonly layer: string; readonly needBytes: number; readonly haveBytes: number }
  /** A field holds what no sender may put there. */
  | { readonly kind: 'malformed'; readonly layer: string; readonly field: string; readonly because: string };

export function decoded<Header>(header: Header, payload: Uint8Array, missingBytes = 0): Decoded<Header> {
  return { kind: 'decoded', header, payload, missingBytes };
}

export function truncated(layer: string, needBytes: number, bytes: Uint8Array): Undecoded {
  return { kind: 'truncated', layer, needBytes, haveBytes: bytes.length };
}

/** @param because A clause: "3 words are less than the 5 of the fixed header". */
export function malformed(layer: string, field: string, because: string): Undecoded {
  return { kind: 'malformed', layer, field, because };
}

/** Fields of several bytes, in network order unless the call says otherwise. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
