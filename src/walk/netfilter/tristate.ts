/**
 * Three-valued truth: what a condition says of a packet when part of it could not be read or is not modelled.
 *
 * @module
 */

/** `unknown` is neither: whoever decides by it must look at both ways. */
export type Tristate = boolean | 'unknown';

/** False as soon as one is false, whatever the others are. */
export function allOf<T>(items: readonly T[], test: (item: T) => Tristate): Tristate {
  let result: Tristate = true;
  for (const item of items) {
    const value = test(item);
    if (value === false) return false;
    if (value === 'unknown') result = 'unknown';
  }
  return result;
}

/** True as soon as one is true, whatever the others are. */
export function anyOf<T>(items: readonly T[], test: (item: T) => Tristate): Tristate {
  let result: Tristate = false;
  for (const item of items) {
    const value = test(item);
    if (value === true) return true;
    if (value === 'unknown') result = 'unknown';
  }
  return result;
}

/** The opposite, when asked for. */
export function negateIf(negate: boolean, value: Tristate): Tristate {
  return value === 'unknown' ? value : value !== negate;
}
