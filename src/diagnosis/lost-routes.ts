/**
 * An interface that goes down takes every route through it along, and brings back only the connected ones. So a route
 * that is missing through an interface which was just found down is no fault of its own: its command belongs to the fix
 * of `link-down`.
 *
 * Source: net/ipv4/fib_frontend.c, fib_disable_ip() and fib_netdev_event().
 *
 * @module
 */

import type { Choice } from './predict.ts';

/** Fold the routes that going down took away into the `link-down` that took them. */
export function absorbLostRoutes(choices: readonly Choice[]): readonly Choice[] {
  const kept: Choice[] = [];
  for (const choice of choices) {
    const index = kept.findLastIndex(({ finding }) => finding.netns === choice.finding.netns);
    const earlier = kept[index];
    if (earlier === undefined || !tookAway(earlier, choice)) kept.push(choice);
    else kept[index] = absorb(earlier, choice);
  }
  return kept;
}

/** Only when nothing else of that namespace lies between: the commands run in the order of the causes. */
function tookAway({ finding: down }: Choice, { finding: missing, repair }: Choice): boolean {
  if (down.code !== 'link-down' || missing.code !== 'no-route' || repair === undefined) return false;
  return repair.edits.every(
    (edit) =>
      edit.kind === 'route-add' &&
      edit.netns === down.netns &&
      edit.route.nexthops.every((hop) => hop.device === down.device),
  );
}

function absorb(down: Choice, missing: Choice): Choice {
  if (down.repair === undefined || missing.repair === undefined) return down;
  return {
    ...down,
    finding: { ...down.finding, evidence: [...down.finding.evidence, ...missing.finding.evidence] },
    repair: { ...down.repair, edits: [...down.repair.edits, ...missing.repair.edits] },
  };
}
