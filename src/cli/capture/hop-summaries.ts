/**
 * What passed between two places and what was lost there, as one row: those that were only ever lost come last.
 *
 * @module
 */

import type { HopTally } from '../../postmortem/live/hop-tally.ts';
import type { HopSummary } from '../../postmortem/live/journey.ts';
import type { Group } from './losses.ts';

/** @param nameOf Of a place, as the losses have it. */
export function hopSummaries(
  hops: HopTally['hops'],
  losses: readonly Group[],
  nameOf: (point: number) => string,
): readonly HopSummary[] {
  const lost = new Map<string, { readonly from: string; readonly to: string | undefined; lost: number }>();
  for (const { lastSeen, where, packets } of losses) {
    const key = `${lastSeen} ${where ?? ''}`;
    const known = lost.get(key);
    if (known === undefined) lost.set(key, { from: lastSeen, to: where, lost: packets });
    else known.lost += packets;
  }
  const passed = hops.map(({ from, to, passed, rewritten, leastNs, medianNs, mostNs }) => {
    const key = `${nameOf(from)} ${nameOf(to)}`;
    const missing = lost.get(key)?.lost ?? 0;
    lost.delete(key);
    const delay = medianNs === undefined ? undefined : { leastNs, medianNs, mostNs };
    return { from: nameOf(from), to: nameOf(to), passed, lost: missing, rewritten, delay };
  });
  const never = [...lost.values()].map((each) => ({ ...each, passed: 0, rewritten: 0, delay: undefined }));
  return [...passed, ...never];
}
