/**
 * A hash of words that nobody can make collide who does not know the seed: a capture may be made to attack whoever
 * reads it.
 *
 * Multilinear hashing: the sum of every 16 bits of the key times a random number, of which the upper half counts; twice,
 * for 32 bits. Two keys collide with a probability of 2^-32 over the choice of the random numbers, whatever the keys.
 *
 * Source: Lemire and Kaser, "Strongly universal string hashing is fast", The Computer Journal 57 (2014), section 3.
 *
 * @module
 */

/** The random numbers of a seed: four for every word. */
export function hashNumbers(seed: number, words: number): Int32Array {
  const numbers = new Int32Array(words * 4);
  let state = seed | 0;
  for (let at = 0; at < numbers.length; at++) {
    // SplitMix32: any seed, also 0, gives numbers that look random.
    state = (state + 0x9e37_79b9) | 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0_aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a_2d97);
    numbers[at] = mixed ^ (mixed >>> 15);
  }
  return numbers;
}

/** What the word at this index adds to the upper half of the hash. */
export function upperTerm(numbers: Int32Array, index: number, word: number): number {
  const at = index * 4;
  return (Math.imul(numbers[at] as number, word & 0xffff) + Math.imul(numbers[at + 1] as number, word >>> 16)) | 0;
}

/** What it adds to the lower half. */
export function lowerTerm(numbers: Int32Array, index: number, word: number): number {
  const at = index * 4;
  return (Math.imul(numbers[at + 2] as number, word & 0xffff) + Math.imul(numbers[at + 3] as number, word >>> 16)) | 0;
}

/** Both sums to one hash. */
export function joinHalves(upper: number, lower: number): number {
  return (upper & 0xffff_0000) | (lower >>> 16);
}

/** A cheap one without a seed. Anybody may make packets collide in it: whoever uses it must be no worse off than without. */
export function directedHash(source: number, dest: number, ports: number): number {
  const mixed = Math.imul(source, 0x9e3779b1) + Math.imul(dest, 0x85ebca6b) + Math.imul(ports, 0xc2b2ae35);
  return mixed ^ (mixed >>> 15);
}
