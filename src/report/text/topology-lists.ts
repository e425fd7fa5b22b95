/**
 * What stands around the tree of a topology: what has changed, what is odd, and how much was looked at.
 *
 * @module
 */

import { changeText } from '../../host/difference/words.ts';
import { counted } from '../../postmortem/counted.ts';
import type { Comparison } from '../../topology/comparison.ts';
import type { Oddity } from '../../topology/oddity.ts';
import type { Topology } from '../../topology/topology.ts';
import { escapeText } from '../escape.ts';
import { padTo } from '../width.ts';
import { rangesText } from './ranges.ts';
import { paragraph, type Style } from './style.ts';

/** No list of remarks is longer than a screen or two. */
const MOST_ODDITIES = 40;
/** What the kernel took along with one change. */
const MOST_FOLLOWERS = 4;

/** The changes since. */
export interface Compared extends Comparison {
  /** When the older one was taken. */
  readonly since: string;
}

/** What is not as it was, each with what follows from it. */
export function changesText({ changes, notCompared, since }: Compared, style: Style): string {
  const lines = changes.flatMap(({ change, followers }) => {
    const shown = followers.slice(0, MOST_FOLLOWERS).map((each) => changeText(each));
    const more = followers.length - shown.length;
    return [
      paragraph(changeText(change), style, '  '),
      ...shown.map((text) => style.colors.dim(paragraph(`so: ${text}`, style, '      '))),
      ...(more > 0 ? [`      and ${more} more that follow from it`] : []),
    ];
  });
  const heading = changes.length === 0 ? 'Nothing has changed' : `${counted(changes.length, 'change')}`;
  return [
    `${style.colors.bold(heading)} since ${escapeText(since)}`,
    ...lines,
    ...notCompared.map((note) => paragraph(note, style, '  not compared: ')),
  ].join('\n');
}

/** What is odd, where; the same thing in several namespaces once. */
export function odditiesText(oddities: readonly Oddity[], style: Style): string {
  const groups = [...grouped(oddities).values()];
  const shown = groups.slice(0, MOST_ODDITIES);
  const columns = Math.max(...shown.map(([first]) => first.code.length)) + 2;
  const more = groups.length - shown.length;
  return [
    `${style.colors.yellow('Odd')}, which may well be meant so; nsdiag explain CODE says more of most`,
    ...shown.map((group) => {
      const [{ code, device, text }] = group;
      const names = rangesText(group.map(({ netns }) => netns));
      const place = device === undefined ? names : `${names} ${device}`;
      return paragraph(`${place} ${text}`, style, `  ${style.colors.yellow(padTo(code, columns))}`, columns + 2);
    }),
    ...(more > 0 ? [`  and ${more} more: --format json has all`] : []),
  ].join('\n');
}

type OddityGroup = [Oddity, ...Oddity[]];

function grouped(oddities: readonly Oddity[]): ReadonlyMap<string, OddityGroup> {
  const groups = new Map<string, OddityGroup>();
  for (const oddity of oddities) {
    const key = JSON.stringify([oddity.code, oddity.device, oddity.text]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [oddity]);
    else group.push(oddity);
  }
  return groups;
}

/** @param takenAt When a snapshot was taken. */
export function lookedText(
  { places, looked, wires, notes }: Topology,
  style: Style,
  takenAt: string | undefined,
): string {
  const part = places.length === looked.namespaces ? '' : `, of which ${places.length} are shown`;
  const when = takenAt === undefined ? '' : `; a snapshot of ${takenAt}`;
  const counts = [counted(looked.devices, 'device'), counted(wires.length, 'wire')].join(', ');
  return [
    ...notes.map((note) => paragraph(note, style, 'Note    ')),
    paragraph(
      `${counted(looked.namespaces, 'namespace')}${part}, ${counts}; Linux ${looked.kernel}${when}`,
      style,
      'Looked  ',
    ),
  ].join('\n');
}
