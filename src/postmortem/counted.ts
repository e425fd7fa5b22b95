/**
 * Numbers with their noun.
 *
 * @module
 */

/** `1 frame`, `2 frames`; `1 query`, `2 queries` by its plural. */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : plural}`;
}
