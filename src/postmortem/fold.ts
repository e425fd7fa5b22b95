/**
 * Many findings of one kind are one: nobody reads five hundred unanswered hosts one by one.
 *
 * @module
 */

import type { Finding } from './finding.ts';

/** More of one code and severity than this, and all but these are told together. */
const MOST_OF_A_KIND = 5;

/** @returns Those that show the most frames, and in place of the others one that counts them. */
export function foldFindings(findings: readonly Finding[]): readonly Finding[] {
  const kinds = new Map<string, Finding[]>();
  for (const finding of findings) {
    const key = `${finding.code} ${finding.severity}`;
    const known = kinds.get(key);
    if (known === undefined) kinds.set(key, [finding]);
    else known.push(finding);
  }
  return [...kinds.values()].flatMap(foldKind);
}

function foldKind(findings: readonly Finding[]): readonly Finding[] {
  const sorted = [...findings].sort((a, b) => b.count - a.count);
  const shown = sorted.slice(0, MOST_OF_A_KIND);
  const [first, ...others] = sorted.slice(MOST_OF_A_KIND);
  if (first === undefined || others.length === 0) return sorted;
  const count = first.count + others.reduce((sum, finding) => sum + finding.count, 0);
  return [
    ...shown,
    { ...first, what: `${others.length + 1} more of this kind, the first of them: ${first.what}`, count },
  ];
}
