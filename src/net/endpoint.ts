/**
 * An address and a port in one, as RFC 3986 (section 3.2.2) writes them.
 *
 * @module
 */

/** `10.0.0.2:80`, `[fd00::2]:80`; without a port `10.0.0.2`. */
export function endpointOf(address: string, port: number | undefined): string {
  if (port === undefined) return address;
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
