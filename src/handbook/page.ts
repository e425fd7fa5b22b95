/**
 * What `nsdiag explain` tells of one code, beyond what its rule says of itself. Data for readers: nothing is decided by
 * it, and only `explain` loads it.
 *
 * Source: each claim about Linux names its own; what `look` says a command prints, it printed on the lab fault of that
 * code (test/live/explain-pages.test.ts).
 *
 * @module
 */

/** In the order of the list. */
export const GROUPS = [
  'link',
  'bridge',
  'address',
  'routing',
  'tunnel',
  'netfilter, tc',
  'host',
  'saved capture',
] as const;

export type Group = (typeof GROUPS)[number];

/** A way to see it by hand. */
export interface Look {
  /** A command line for a shell. What is written in capitals is to be filled in: placeholders.ts tells what with. */
  readonly run: string;
  /**
   * What the command then shows. `"..."` is printed as it stands; `no "..."` is not; `"..." or "..."` is one of them;
   * `nothing`, without any quotation, is no output at all.
   */
  readonly shows: string;
}

/** A way out of it. */
export interface Remedy {
  /** Absent where no command repairs it. */
  readonly run?: string;
  /** What it does, and what else it changes; empty when the command says it all. */
  readonly does: string;
}

/** What is taken for it. */
export interface Confusion {
  readonly code: string;
  /** What is different then. */
  readonly tell: string;
}

/** The page of a fault code. */
export interface Page {
  readonly code: string;
  readonly group: Group;
  /** What it is, as one meets it. */
  readonly what: string;
  /** How Linux behaves, with kernel function, RFC or man page. */
  readonly linux: readonly string[];
  /** How it looks in a saved capture, where `analyze` reports the same code. */
  readonly capture?: string;
  readonly look: readonly Look[];
  readonly fix: readonly Remedy[];
  readonly confused: readonly Confusion[];
  /** Why no lab shows it, where none does. */
  readonly unshown?: string;
}

/** The page of a finding that only saved captures have, and that no fault rule names. */
export interface FindingPage extends Page {
  readonly title: string;
}
