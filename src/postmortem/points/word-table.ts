/**
 * Rows of some words each, as many as come. They lie in chunks, so that more of them are never copied: a column that
 * doubles is there twice while it is copied, and the old one stays until somebody collects it.
 *
 * @module
 */

/** Rows of a chunk: few, so that a table of a hundred rows is small, and many, so that there are few chunks. */
const CHUNK_BITS = 12;
const CHUNK_ROWS = 1 << CHUNK_BITS;
const MASK = CHUNK_ROWS - 1;

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
    const chunk = this.#chunks[row >>> CHUNK_BITS] ?? this.#grow(row >>> CHUNK_BITS);
    chunk[(row & MASK) * this.#width + word] = value;
  }

  #grow(upTo: number): Int32Array {
    const chunk = new Int32Array(CHUNK_ROWS * this.#width);
    while (this.#chunks.length < upTo) this.#chunks.push(new Int32Array(CHUNK_ROWS * this.#width));
    this.#chunks.push(chunk);
    return chunk;
  }
}
