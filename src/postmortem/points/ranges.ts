/**
 * Ranges of bytes, numbered as TCP does: modulo 2^32, within 2^31 of the first one.
 *
 * @module
 */

export class Ranges {
  readonly #origin: number;
  /** Relative to the origin, as they came; sorted and joined when they are asked. */
  #ranges: { start: number; end: number }[] = [];
  #isTidy = true;

  constructor(start: number, end: number) {
    this.#origin = start;
    this.add(start, end);
  }

  /** @param end Exclusive; may exceed 32 bits. */
  add(start: number, end: number): void {
    const from = (start - this.#origin) | 0;
    this.#ranges.push({ start: from, end: from + end - start });
    this.#isTidy = false;
  }

  /** Whether all of it is there. */
  covers(start: number, end: number): boolean {
    const from = (start - this.#origin) | 0;
    const range = this.#before(from);
    return range !== undefined && range.end >= from + end - start;
  }

  /** Whether some of it is there. */
  touches(start: number, end: number): boolean {
    const from = (start - this.#origin) | 0;
    const range = this.#before(from + end - start - 1);
    return range !== undefined && range.end > from;
  }

  /** The last range that begins there or before. */
  #before(place: number): { readonly start: number; readonly end: number } | undefined {
    const ranges = this.#tidy();
    let low = 0;
    let high = ranges.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((ranges[middle]?.start ?? 0) <= place) low = middle + 1;
      else high = middle;
    }
    return ranges[low - 1];
  }

  #tidy(): readonly { readonly start: number; readonly end: number }[] {
    if (this.#isTidy) return this.#ranges;
    this.#ranges.sort((a, b) => a.start - b.start);
    const joined: { start: number; end: number }[] = [];
    for (const range of this.#ranges) {
      const last = joined.at(-1);
      if (last !== undefined && range.start <= last.end) last.end = Math.max(last.end, range.end);
      else joined.push(range);
    }
    this.#ranges = joined;
    this.#isTidy = true;
    return joined;
  }
}
