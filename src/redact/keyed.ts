/**
 * The secret that decides what everything is replaced by. With the same key the same name becomes the same pseudonym;
 * without it nobody can try out names and see which gives that pseudonym.
 *
 * @module
 */

/** A keyed hash of a text: at least 16 bytes, which nobody can foretell without the key. HMAC-SHA256, say. */
export type Keyed = (text: string) => Uint8Array;

/** So many hexadecimal digits of the text's hash. */
export function keyedHex(keyed: Keyed, text: string, digits: number): string {
  const hex = Array.from(keyed(text), (byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.slice(0, digits);
}
