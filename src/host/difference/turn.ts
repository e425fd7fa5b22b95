/**
 * One list held against an older one: what came, what went, and what is another now under the same key.
 *
 * @module
 */

/** One entry that is not as it was. */
export type Turn<T> =
  | { readonly action: 'added'; readonly after: T }
  | { readonly action: 'deleted'; readonly before: T }
  | { readonly action: 'changed'; readonly before: T; readonly after: T };

/**
 * Pair the entries by key, and leave out those that are as they were. Where several have one key, equal ones are paired
 * first, and the rest in their order.
 *
 * @param keyOf What stays the same when an entry changes.
 * @param textOf All of an entry that counts; a difference anywhere else is none.
 */
export function turnsOf<T>(
  before: readonly T[],
  after: readonly T[],
  keyOf: (entry: T) => string,
  textOf: (entry: T) => string,
): readonly Turn<T>[] {
  const old = byKey(before, keyOf);
  const now = byKey(after, keyOf);
  return [...new Set([...old.keys(), ...now.keys()])].flatMap((key) =>
    turnsOfOneKey(old.get(key) ?? [], now.get(key) ?? [], textOf),
  );
}

/** The same turn of what stands for the entry elsewhere. */
export function mapTurn<T, U>(turn: Turn<T>, change: (entry: T) => U): Turn<U> {
  switch (turn.action) {
    case 'added':
      return { action: turn.action, after: change(turn.after) };
    case 'deleted':
      return { action: turn.action, before: change(turn.before) };
    case 'changed':
      return { action: turn.action, before: change(turn.before), after: change(turn.after) };
  }
}

/** Whatever differs, as text; `bigint` and all. */
export function textOfAll(value: unknown): string {
  return JSON.stringify(value, (_key, each: unknown) => (typeof each === 'bigint' ? String(each) : each)) ?? '';
}

function byKey<T>(entries: readonly T[], keyOf: (entry: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const entry of entries) {
    const key = keyOf(entry);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [entry]);
    else group.push(entry);
  }
  return groups;
}

function turnsOfOneKey<T>(before: readonly T[], after: readonly T[], textOf: (entry: T) => string): Turn<T>[] {
  const old = unpaired(before, after, textOf);
  const now = unpaired(after, before, textOf);
  const turns: Turn<T>[] = [];
  for (let index = 0; index < Math.max(old.length, now.length); index++) {
    const [was, is] = [old[index], now[index]];
    if (was !== undefined && is !== undefined) turns.push({ action: 'changed', before: was, after: is });
    else if (was !== undefined) turns.push({ action: 'deleted', before: was });
    else if (is !== undefined) turns.push({ action: 'added', after: is });
  }
  return turns;
}

/** Those of `entries` that `others` have no equal of; what is there twice needs two. */
function unpaired<T>(entries: readonly T[], others: readonly T[], textOf: (entry: T) => string): readonly T[] {
  const left = new Map<string, number>();
  for (const other of others) left.set(textOf(other), (left.get(textOf(other)) ?? 0) + 1);
  return entries.filter((entry) => {
    const text = textOf(entry);
    const count = left.get(text) ?? 0;
    if (count > 0) left.set(text, count - 1);
    return count === 0;
  });
}
