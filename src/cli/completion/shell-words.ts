/**
 * A line of shell as far as it is typed, as the words that nsdiag would be given.
 *
 * Quotes and backslashes are taken away, variables and patterns are left as they stand: nobody has expanded them yet.
 * Source: XCU 2.2 Quoting.
 *
 * @module
 */

const PIECE = /\\(.)|'([^']*)(?:'|$)|"((?:\\.|[^"\\])*)(?:"|$)|(\s+)|(.)/gsu;

/** The words; the last one is being typed, and empty after a blank. */
export function shellWords(line: string): readonly string[] {
  const words = [''];
  for (const [, escaped, single, double, blank, plain] of line.trimStart().matchAll(PIECE)) {
    if (blank !== undefined) words.push('');
    else words.push(`${words.pop()}${escaped ?? single ?? double?.replace(/\\(["\\$`])/g, '$1') ?? plain ?? ''}`);
  }
  return words;
}
