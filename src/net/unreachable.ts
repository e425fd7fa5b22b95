/**
 * Closes a `switch` over a union: adding a member without a case stops compiling here.
 *
 * @module
 */

/** @throws When a value that the types exclude arrives all the same: a bug of ours, with its stack. */
export function unreachable(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`);
}
