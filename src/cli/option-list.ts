/**
 * An option that may be given several times.
 *
 * @module
 */

/** For commander: each value behind those before it. */
export function listed(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}
