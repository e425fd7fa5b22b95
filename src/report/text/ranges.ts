/**
 * Many names in few words: `p1…p6, p8`, `10.0.0.1…10.0.0.30/24`.
 *
 * @module
 */

interface Numbered {
  readonly name: string;
  readonly stem: string;
  readonly number: number | undefined;
}

/** So many in a row are told by the first and the last. */
const LEAST_IN_ROW = 3;

/** Names in the order given; those that count up by one are told by the first and the last. */
export function rangesText(names: readonly string[]): string {
  const runs: Numbered[][] = [];
  for (const name of names) {
    const next = numbered(name);
    const run = runs.at(-1);
    const last = run?.at(-1);
    const goesOn = last?.number !== undefined && last.stem === next.stem && next.number === last.number + 1;
    if (goesOn) run?.push(next);
    else runs.push([next]);
  }
  return runs.flatMap(runText).join(', ');
}

/** The first and the last of texts that may count up or not: `10.0.0.1…10.0.0.30/24`. */
export function spanText(texts: readonly string[]): string {
  const [first = '', last = first] = [texts[0], texts.at(-1)];
  if (first === last) return first;
  const [, firstBare = first, firstEnd] = /^(.*)(\/\d+)$/.exec(first) ?? [];
  return last.endsWith(firstEnd ?? '/') ? `${firstBare}…${last}` : `${first}…${last}`;
}

/** The name with its numbers left out: what alike names share. */
export function stemOf(name: string): string {
  return name.replace(/\d+/g, '#');
}

function runText(run: readonly Numbered[]): readonly string[] {
  const names = run.map(({ name }) => name);
  return run.length < LEAST_IN_ROW ? names : [`${names[0]}…${names.at(-1)}`];
}

/** A number with a leading zero counts in its own way. */
function numbered(name: string): Numbered {
  const [, stem = name, digits] = /^(.*?)(0|[1-9]\d{0,8})$/.exec(name) ?? [];
  return { name, stem, number: digits === undefined ? undefined : Number(digits) };
}
