/**
 * How the clock of each capture point is to that of the first.
 *
 * @module
 */

/** How one clock is to another: `aheadNs + rate * t` is what it shows when the other one shows t. */
export interface ClockLine {
  readonly aheadNs: number;
  readonly rate: number;
}

/** How the clocks of two points are to each other. */
export interface ClockPair {
  readonly a: number;
  readonly b: number;
  /** Matched ones that were looked at. */
  readonly packets: number;
  /** What b's clock is ahead of a's. */
  readonly offsetNs: number;
  /** What b's clock shows while a's goes on by 1. */
  readonly rate: number;
}

const FIRST_CLOCK: ClockLine = { aheadNs: 0, rate: 1 };

/** What the clock of the first point showed when this one showed that. */
export function alignedTo(clocks: readonly ClockLine[], point: number, timeNs: number): number {
  const { aheadNs, rate } = clocks[point] ?? FIRST_CLOCK;
  return (timeNs - aheadNs) / rate;
}

/** From the first point on, by way of the pairs with the most packets. */
export function clockLines(pairs: readonly ClockPair[], order: readonly number[]): readonly ClockLine[] {
  const clocks: ClockLine[] = order.map(() => FIRST_CLOCK);
  const [start] = order;
  const known = new Set(start === undefined ? [] : [start]);
  const strongest = [...pairs].sort((x, y) => y.packets - x.packets);
  for (;;) {
    const next = strongest.find(({ a, b }) => known.has(a) !== known.has(b));
    if (next === undefined) return clocks;
    const { a, b, offsetNs, rate } = next;
    const from = clocks[known.has(a) ? a : b] ?? FIRST_CLOCK;
    if (known.has(a)) clocks[b] = { aheadNs: offsetNs + rate * from.aheadNs, rate: rate * from.rate };
    else clocks[a] = { aheadNs: (from.aheadNs - offsetNs) / rate, rate: from.rate / rate };
    known.add(a).add(b);
  }
}
