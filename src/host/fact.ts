/**
 * A fact: a value that was read, with where it was read, or the reason why it could not be.
 *
 * There is no default in between. A failed read never becomes an empty list: whoever needs the value and finds it
 * unknown answers `undecided`.
 *
 * @module
 */

/** Where a value was read: what a person runs to see it again. */
export interface Source {
  /** The whole command, with the way into the namespace. */
  readonly command: readonly string[];
  /** The line (or JSON object) of its output that says so, when there is one. */
  readonly line?: string;
}

/** Narrow on `known`. */
export type Fact<T> =
  | { readonly known: true; readonly value: T; readonly source: Source }
  | { readonly known: false; readonly why: string };

/** A value that was read. */
export function known<T>(value: T, source: Source): Fact<T> {
  return { known: true, value, source };
}

/** A value that could not be read. @param why For the person: "iptables-legacy-save is not installed". */
export function unknown(why: string): Fact<never> {
  return { known: false, why };
}

/** Change the value and keep its source; unknown stays unknown. */
export function mapFact<T, U>(fact: Fact<T>, change: (value: T) => U): Fact<U> {
  return fact.known ? { known: true, value: change(fact.value), source: fact.source } : fact;
}
