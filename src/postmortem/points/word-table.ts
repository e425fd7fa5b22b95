/**
 * Rows of some words each, as many as come. They lie in chunks, so that more of them are never copied: a column that
 * doubles is there twice while it is copied, and the old one stays until somebody collects it.
 *
 * @module
 */

const CHUNK_BITS = 12;
const CHUNK_ROWS = 1 << CHUNK_BITS;
const MASK = CHUNK_ROWS - 1;
/** Of hundreds of small captures each has some tables. */
const FIRST_ROWS = 64;
const NOTHING = new Int32Array(0);

export class WordTable {
  readonly #width: number;
  readonly #chunks: Int32Array[] = [];

  /** @param width Words of a row. */
  constructor(width: number) {
    this.#width = width;
  }

  /** 0 until it is set. */
  word(row: number, word: number): number {
    return this.#chunks[row >>> CHUNK_BITS]?.[(row & MASK) * this.#width + word] ?? 0;
  }

  set(row: number, word: number, value: number): void {
    const at = (row & MASK) * this.#width + word;
    let chunk = this.#chunks[row >>> CHUNK_BITS];
    if (chunk === undefined || at >= chunk.length) chunk = this.#grow(row >>> CHUNK_BITS, at);
    chunk[at] = value;
  }

  /** Only the first chunk begins small. */
  #grow(chunk: number, at: number): Int32Array {
    while (this.#chunks.length <= chunk) this.#chunks.push(NOTHING);
    let rows = chunk === 0 ? FIRST_ROWS : CHUNK_ROWS;
    while (rows * this.#width <= at) rows *= 2;
    const grown = new Int32Array(rows * this.#width);
    grown.set(this.#chunks[chunk] ?? NOTHING);
    this.#chunks[chunk] = grown;
    return grown;
  }
}
