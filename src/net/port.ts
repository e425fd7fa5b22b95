/**
 * Transport ports.
 *
 * @module
 */

/** A TCP or UDP port, 0 to 65535. */
export type Port = number & { readonly __brand: 'Port' };

/** `undefined` when the number is no port. */
export function toPort(value: number): Port | undefined {
  return Number.isInteger(value) && value >= 0 && value <= 0xffff ? (value as Port) : undefined;
}
