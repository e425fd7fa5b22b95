/**
 * A line of iptables-save as the words that iptables was given.
 *
 * iptables-save puts texts (comments, prefixes) into double quotes, with a backslash before `"`, `'` and `\`, unless
 * they are made of letters, digits, `_` and `-`. Names of chains and devices stand bare, quotes inside them included.
 * A text like `-j` stands bare as well: only the option before it tells that it is none.
 *
 * Source: libxtables/xtables.c, xtables_save_string(); seen with iptables 1.8.9.
 *
 * @module
 */

/** A word as iptables took it, and as it stands in the line. */
export interface IptablesWord {
  readonly text: string;
  readonly raw: string;
}

/** Split a line into its words. An unclosed quote ends with the line. */
export function iptablesWords(line: string): readonly IptablesWord[] {
  return Array.from(line.matchAll(/"((?:[^"\\]|\\.)*)(?:"|$)|\S+/g), ([raw, inQuotes]) => ({
    text: inQuotes === undefined ? raw : inQuotes.replace(/\\(.)/g, '$1'),
    raw,
  }));
}
