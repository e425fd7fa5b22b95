/**
 * Which snapshot the model was asked of, and how far its moment is from that of the captures.
 *
 * @module
 */

import type { Inquest } from '../../inquest/inquest.ts';
import type { AnalysedCapture } from '../../postmortem/capture-analysis.ts';
import { counted } from '../../postmortem/counted.ts';
import { paragraph, type Style } from './style.ts';

export function snapshotText(inquest: Inquest, style: Style): string {
  return snapshotSentences(inquest)
    .map((line, at) => paragraph(line, style, at === 0 ? 'Model   ' : '        '))
    .join('\n');
}

/** Without full stops. */
export function snapshotSentences(inquest: Inquest): readonly string[] {
  const { snapshot, host, analysis, notes } = inquest;
  const when = `${snapshot.takenAt.slice(0, 19).replace('T', ' ')} UTC`;
  const what = `${snapshot.path}: ${counted(host.namespaces.length, 'namespace')} on ${when}`;
  return [
    `${what}, ${apartText(snapshot.takenAt, analysis.captures)}. The model says what would become of such packets then; it cannot know what was different while they were captured`,
    ...notes,
  ];
}

/** `12 s after the last packet`. */
function apartText(takenAt: string, captures: readonly AnalysedCapture[]): string {
  const takenNs = BigInt(Date.parse(takenAt)) * 1_000_000n;
  const times = captures.flatMap(({ firstNs = [], lastNs = [] }) => [firstNs, lastNs].flat());
  const inOrder = times.toSorted((a, b) => Number(a - b));
  const [begin, end] = [inOrder[0], inOrder.at(-1)];
  if (begin === undefined || end === undefined) return 'and no packet to hold it to';
  if (takenNs > end) return `${spanText(takenNs - end)} after the last packet`;
  return takenNs < begin ? `${spanText(begin - takenNs)} before the first packet` : 'while packets were captured';
}

const UNITS = [
  { seconds: 86_400, name: 'day' },
  { seconds: 3600, name: 'hour' },
  { seconds: 60, name: 'minute' },
  { seconds: 1, name: 'second' },
] as const;

function spanText(ns: bigint): string {
  const seconds = Number(ns / 1_000_000_000n);
  const unit = UNITS.find((each) => seconds >= 2 * each.seconds) ?? UNITS[3];
  return counted(Math.max(1, Math.round(seconds / unit.seconds)), unit.name);
}
