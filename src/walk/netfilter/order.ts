/**
 * The order of what has no order that anybody can see: hooks of equal priority run in the order of their registration,
 * the latest first. All orders are tried.
 *
 * Source: net/netfilter/core.c nf_hook_entries_grow(). Seen in test/live/netfilter-order.test.ts.
 *
 * @module
 */

import type { Choose } from './choices.ts';

/** The items in the order chosen. */
export function inOrder<T>(items: readonly T[], choose: Choose, nameOf: (item: T) => string): readonly T[] {
  const rest = [...items];
  const ordered: T[] = [];
  while (rest.length > 1) {
    const names = rest.map(nameOf).join(' or ');
    const [next] = rest.splice(choose(`which runs first at one priority: ${names}`, rest.length), 1);
    if (next !== undefined) ordered.push(next);
  }
  return [...ordered, ...rest];
}
