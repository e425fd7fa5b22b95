/**
 * How wide text is on a terminal, and text broken to fit.
 *
 * An approximation of what terminals do: they disagree about emoji themselves. Text is escaped first (`escape.ts`), so
 * no control character arrives here.
 *
 * Source: UAX #11 (East Asian width), UTS #51 (emoji presentation).
 *
 * @module
 */

/** Made when first needed, which for most reports is never: it takes 9 ms. */
let segmenter: Intl.Segmenter | undefined;

/** Printable ASCII and what our own texts have besides, so that none of them needs the tables of Unicode. */
const ONE_COLUMN_EACH = /^[ -~µ✓✗…]*$/;

const WIDE =
  /^(?:\p{Emoji_Presentation}|\p{Extended_Pictographic}\ufe0f|\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Hangul}|[\u3000-\u303e\uff01-\uff60\uffe0-\uffe6])/u;

/** The columns that one line of text takes. */
export function displayWidth(text: string): number {
  if (ONE_COLUMN_EACH.test(text)) return text.length;
  let width = 0;
  for (const { segment } of graphemesOf(text)) {
    if (!/^\p{M}/u.test(segment)) width += WIDE.test(segment) ? 2 : 1;
  }
  return width;
}

/** Pad with spaces behind the text; what is wider stays as it is. */
export function padTo(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - displayWidth(text)));
}

/** Break a paragraph at its spaces; a word that is wider than the line is broken where the line ends. */
export function wrap(text: string, columns: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  let width = 0;
  for (const word of text.split(/ +/)) {
    for (const piece of piecesOf(word, columns)) {
      const pieceWidth = displayWidth(piece);
      if (line !== '' && width + 1 + pieceWidth > columns) {
        lines.push(line);
        line = piece;
        width = pieceWidth;
      } else {
        width += pieceWidth + (line === '' ? 0 : 1);
        line = line === '' ? piece : `${line} ${piece}`;
      }
    }
  }
  return [...lines, line];
}

function piecesOf(word: string, columns: number): readonly string[] {
  if (displayWidth(word) <= columns) return [word];
  const pieces: string[] = [];
  let piece = '';
  for (const { segment } of graphemesOf(word)) {
    if (displayWidth(piece + segment) > columns && piece !== '') {
      pieces.push(piece);
      piece = '';
    }
    piece += segment;
  }
  return [...pieces, piece];
}

function graphemesOf(text: string): Intl.Segments {
  segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
  return segmenter.segment(text);
}
