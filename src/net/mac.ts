/**
 * Ethernet addresses, in the one text that iproute2 prints: lower case, colons.
 *
 * @module
 */

/** `aa:bb:cc:dd:ee:ff`, lower case. */
export type Mac = string & { readonly __brand: 'Mac' };

/** Parse what `ip`, `bridge` and `tcpdump -e` print. `undefined` when it is no 48-bit address. */
export function parseMac(text: string): Mac | undefined {
  const lower = text.toLowerCase();
  return /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/.test(lower) ? (lower as Mac) : undefined;
}

/** The address whose 6 bytes these are. @throws RangeError on another length. */
export function macFromBytes(bytes: Uint8Array): Mac {
  if (bytes.length !== 6) throw new RangeError(`${bytes.length} bytes are no Ethernet address`);
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(':') as Mac;
}
