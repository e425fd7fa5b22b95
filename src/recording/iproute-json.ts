/**
 * The JSON of iproute2, which is not always JSON.
 *
 * It copies control characters of names as they are (seen with 6.1: a device called `a\x1bb`); JSON wants them escaped.
 * Tabs and line ends are no part of a name, and are escaped where they are part of a text.
 *
 * @module
 */

/** @throws SyntaxError when it is no JSON all the same. */
export function parseIprouteJson(text: string): unknown {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  const escaped = text.replace(/[\x00-\x08\x0b\x0c\x0e-\x1f]/g, (char) => {
    return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
  return JSON.parse(escaped);
}
