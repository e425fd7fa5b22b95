/**
 * What several captures show is told once: as the gravest of them shows it, with the names of the others.
 *
 * The same is what has the same code and subject. Whether it was one event seen from several places, or one that came
 * again later, is for the frames and their times to say.
 *
 * @module
 */

import type { Finding, Severity } from './finding.ts';

/** The gravest is told; of equals the one with most frames, then the first. */
const GRAVITY: Readonly<Record<Severity, number>> = { note: 0, warning: 1, error: 2 };

/** @returns In the order in which each was first told. */
export function acrossCaptures(findings: readonly Finding[]): readonly Finding[] {
  const groups = new Map<string, [Finding, ...Finding[]]>();
  const alone: Finding[] = [];
  for (const finding of findings) {
    if (finding.subject === undefined) {
      alone.push(finding);
      continue;
    }
    const key = `${finding.code} ${finding.subject}`;
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [finding]);
    else known.push(finding);
  }
  return [...alone, ...[...groups.values()].flatMap(toldOnce)];
}

function toldOnce(group: readonly [Finding, ...Finding[]]): readonly Finding[] {
  const [first, ...others] = group;
  const best = others.reduce((most, each) => (isMore(each, most) ? each : most), first);
  const own = best.frames[0].capture;
  const counts = new Map<number, number>();
  for (const { frames, count, alsoIn = [] } of group) {
    for (const also of [{ capture: frames[0].capture, count }, ...alsoIn])
      if (also.capture !== own) counts.set(also.capture, Math.max(also.count, counts.get(also.capture) ?? 0));
  }
  // Several of one capture are of several devices or segments there, and differ.
  const ofSame = group.filter((each) => each !== best && each.frames[0].capture === own);
  const alsoIn = [...counts].map(([capture, count]) => ({ capture, count }));
  return [alsoIn.length === 0 ? best : { ...best, alsoIn }, ...ofSame];
}

function isMore(a: Finding, b: Finding): boolean {
  const graver = GRAVITY[a.severity] - GRAVITY[b.severity];
  return graver > 0 || (graver === 0 && a.count > b.count);
}
