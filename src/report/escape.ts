/**
 * Text from the machine made harmless: names, packets and what tools print may hold anything, and a terminal obeys
 * escape sequences, reverses text at a bidi override and hides what has no width.
 *
 * Everything that a report prints and that was not written in this source goes through here. What stays is what a
 * person can see as itself; what goes is written as `\x1b` or `\u{202e}`. A backslash stays as it is: the text is for
 * reading, and `shell-quote.ts` writes the form that can be pasted.
 *
 * Source: Unicode 15 general categories; UAX #9 (bidirectional controls); ECMA-48 (C0 and C1 controls).
 *
 * @module
 */

/**
 * Cc: C0, DEL, C1. Cf: bidi controls, zero-width characters, tags. Cs: lone surrogates. Co, Cn: private, unassigned.
 * Zl, Zp: line and paragraph separators. Zs but the space: blanks that are not what they look like. And characters of
 * other categories that show as nothing: the combining grapheme joiner, Hangul and Khmer fillers, the Braille blank,
 * variation selectors.
 */
const UNSEEN =
  /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\u115f\u1160\u2800\u3164\uffa0]|\p{Variation_Selector}|\u034f|\u17b4|\u17b5|(?! )\p{Zs}/gu;

/** What makes one emoji of two pictures, or asks for the coloured form of one; anywhere else it only hides. */
const PART_OF_EMOJI =
  /(?<=\p{Extended_Pictographic}\ufe0f?\p{Emoji_Modifier}?)\u200d(?=\p{Extended_Pictographic})|(?<=\p{Extended_Pictographic})\ufe0f/gu;

/** Nearly all that is ever printed; it spares a short run the compiling of the tables of Unicode, 3 ms. */
const PRINTABLE_ASCII = /^[ -~]*$/;

/** The same for JSON text, which may have line feeds. */
const PRINTABLE_ASCII_LINES = /^[ -~\n]*$/;

/** One line of harmless text. */
export function escapeText(text: string): string {
  if (PRINTABLE_ASCII.test(text)) return text;
  const kept = new Set(Array.from(text.matchAll(PART_OF_EMOJI), ({ index }) => index));
  return text.replace(UNSEEN, (character, index: number) => (kept.has(index) ? character : escapeOf(character)));
}

/** Several lines of harmless text: line feeds stay, and a tab is four spaces. */
export function escapeLines(text: string): string {
  return text
    .split('\n')
    .map((line) => escapeText(line.replaceAll('\t', '    ').replace(/\r$/, '')))
    .join('\n');
}

/**
 * JSON text that stays the same value and is harmless to print: what is unseen becomes `\uXXXX` within its strings.
 *
 * @param json As JSON.stringify made it: outside of strings there is nothing but ASCII.
 */
export function escapeJson(json: string): string {
  if (PRINTABLE_ASCII_LINES.test(json)) return json;
  return json.replace(UNSEEN, (character) => {
    if (character === '\n') return character;
    return Array.from({ length: character.length }, (_, index) => {
      return `\\u${hex(character.charCodeAt(index), 4)}`;
    }).join('');
  });
}

/** Whether the text holds anything that `escapeText` would write otherwise. */
export function isPlain(text: string): boolean {
  return escapeText(text) === text;
}

/** `\x` is a byte: an ASCII control, or one that was no UTF-8 and stands in the text as U+DC00 plus itself. */
function escapeOf(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const byte = code >= 0xdc80 && code <= 0xdcff ? code - 0xdc00 : code;
  return byte < 0x80 || byte !== code ? `\\x${hex(byte, 2)}` : `\\u{${hex(code, 1)}}`;
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0');
}
