/**
 * One turn of a watched question, for a person: the time, how it stands, and what change did it; below it the fix.
 *
 * @module
 */

import type { Diagnosis } from '../../diagnosis/diagnosis.ts';
import type { Change } from '../../host/difference/change.ts';
import { changeText } from '../../host/difference/words.ts';
import { isLinkLocal } from '../../net/address.ts';
import { shellLine } from '../shell-quote.ts';
import { paragraph, type Style } from './style.ts';

/** So many changes are named; those in the namespaces of the cause and of the path first. */
const MOST_CHANGES = 3;

/** @param time Of day, `10:04:12`. @param changes The origins of what changed since the last look. */
export function turnText(
  diagnosis: Diagnosis,
  time: string,
  isFirst: boolean,
  changes: readonly Change[],
  style: Style,
): string {
  const { verdict, summary, causes } = diagnosis;
  const paint = { reachable: 'green', unreachable: 'red', undecided: 'yellow' } as const;
  const because = isFirst ? summary : changesText(diagnosis, changes);
  const label = `${time} ${verdict}: `;
  const head = paragraph(because, style, label).replace(verdict, style.colors[paint[verdict]](verdict));
  return [
    head,
    ...(isFirst ? [] : causes.map(({ finding }) => paragraph(`${finding.code}: ${finding.what}`, style, '         '))),
    ...causes.flatMap(({ fix }) => fix).map(({ argv }) => `    ${style.colors.bold(shellLine(argv))}`),
    '',
  ].join('\n');
}

/** @param because Why it cannot be asked. */
export function turnNotAsked(because: string, time: string, changes: readonly Change[], style: Style): string {
  const after = changes.length === 0 ? '' : ` (${listed(changes.map(changeText))})`;
  return `${paragraph(`${because}${after}`, style, `${time} cannot be asked: `)}\n`;
}

/** What did it, the likeliest first. */
export function likeliestFirst({ causes, trip }: Diagnosis, changes: readonly Change[]): readonly Change[] {
  const guilty = new Set<string>(causes.map(({ finding }) => finding.netns));
  const onPath = new Set<string>([...trip.request.steps, ...(trip.reply?.steps ?? [])].map(({ netns }) => netns));
  const rank = (change: Change) =>
    isByItself(change) ? 3 : guilty.has(change.netns) ? 0 : onPath.has(change.netns) ? 1 : 2;
  return changes.toSorted((a, b) => rank(a) - rank(b));
}

/** That a device which is up gets its link-local address, and that duplicate address detection ends, is nobody's doing. */
function isByItself(change: Change): boolean {
  if (change.subject !== 'address') return false;
  return change.action === 'changed' || (change.action === 'added' && isLinkLocal(change.after.address));
}

function changesText(diagnosis: Diagnosis, changes: readonly Change[]): string {
  if (changes.length === 0) return `nothing that nsdiag reads has changed; ${diagnosis.summary}`;
  return listed(likeliestFirst(diagnosis, changes).map(changeText));
}

function listed(texts: readonly string[]): string {
  const more = texts.length - MOST_CHANGES;
  return `${texts.slice(0, MOST_CHANGES).join('; ')}${more > 0 ? `; and ${more} more changes` : ''}`;
}
