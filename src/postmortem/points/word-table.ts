/**
 * Rows of some words each, as many as come. They lie in chunks, each as long as all before it, so that they are never
 * copied: a column that doubles is there twice while it is copied, and the old one stays until somebody collects it. What
 * is not written of the last chunk costs nothing: the kernel gives its pages as they are written to.
 *
 * @module
 */

/** Of hundreds of small captures each has some tables. */
const FIRST_BITS = 6;
const FIRST_ROWS = 1 << FIRST_BITS;

export class WordTable {
  /** To make the same table of again, see the constructor. */
  readonly chunks: Int32Array<ArrayBuffer>[];
  readonly #width: number;

  /** @param width Words of a row. @param chunks Of a table of the same width. */
  constructor(width: number, chunks: Int32Array<ArrayBuffer>[] = []) {
    this.#width = width;
    this.chunks = chunks;
  }

  /** 0 until it is set. */
  word(row: number, word: number): number {
    const place = row + FIRST_ROWS;
    const bits = 31 - Math.clz32(place);
    return this.chunks[bits - FIRST_BITS]?.[(place - (1 << bits)) * this.#width + word] ?? 0;
  }

  set(row: number, word: number, value: number): void {
    const place = row + FIRST_ROWS;
    const bits = 31 - Math.clz32(place);
    const chunk = this.chunks[bits - FIRST_BITS] ?? this.#grow(bits - FIRST_BITS);
    chunk[(place - (1 << bits)) * this.#width + word] = value;
  }

  #grow(chunk: number): Int32Array {
    for (let next = this.chunks.length; next <= chunk; next++)
      this.chunks.push(new Int32Array((FIRST_ROWS << next) * this.#width));
    return this.chunks[chunk] as Int32Array;
  }
}
