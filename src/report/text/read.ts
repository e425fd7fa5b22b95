/**
 * What was read of saved captures: a line for each of a few, and of many those alone that something is wrong with.
 *
 * @module
 */

import type { AnalysedCapture } from '../../postmortem/capture-analysis.ts';
import { counted } from '../../postmortem/counted.ts';
import { isUnread } from '../../postmortem/verdict.ts';
import { isoTime } from '../iso-time.ts';
import { whyUnread } from './analysis-outcome.ts';
import { paragraph, type Style } from './style.ts';

const MOST_FILES = 8;
const MOST_UNKNOWN = 6;
const LABEL = 'Read    ';
const NEXT = '        ';

export function readText(captures: readonly AnalysedCapture[], style: Style): string {
  const lines =
    captures.length <= MOST_FILES ? captures.map((capture) => fileText(capture, captures.length > 1)) : many(captures);
  const again = captures.reduce((sum, { secondSights }) => sum + secondSights, 0);
  if (again > 0)
    lines.push(
      `${counted(again, 'packet')} seen again on another device, counted once: LINUX_SLL does not say which; capture with -y LINUX_SLL2`,
    );
  const unknown = [...unknownOf(captures)].sort(([, a], [, b]) => b - a);
  if (unknown.length > 0) {
    const named = unknown.slice(0, MOST_UNKNOWN).map(([what, count]) => `${what} (${count})`);
    const more = unknown.length - named.length;
    lines.push(
      `Not looked into, by packets: ${named.join(', ')}${more > 0 ? `, and ${counted(more, 'protocol')} more` : ''}`,
    );
  }
  const forgotten = captures.reduce((sum, { flows }) => sum + flows.count - flows.held, 0);
  if (forgotten > 0) lines.push(forgottenText(forgotten));
  return lines.map((line, at) => paragraph(line, style, at === 0 ? LABEL : NEXT)).join('\n');
}

/** The bound of what is kept was met. */
function forgottenText(flows: number): string {
  return `More flows than are kept at a time: ${counted(flows, 'flow')}, seen longest ago, had to make room; what came of them after that counts as other flows`;
}

function many(captures: readonly AnalysedCapture[]): string[] {
  const wrong = captures.filter(({ summary }) => summary.problem !== undefined || summary.format === undefined);
  const sum = (value: (capture: AnalysedCapture) => number) => captures.reduce((all, each) => all + value(each), 0);
  const total = `${captures.length} files: ${[
    counted(
      sum(({ summary }) => summary.packets),
      'packet',
    ),
    counted(
      sum(({ flows }) => flows.count),
      'flow',
    ),
    sizeText(sum(({ summary }) => summary.bytes)),
  ].join(', ')}`;
  const shown = wrong.slice(0, MOST_FILES).map((capture) => fileText(capture, true));
  const more = wrong.length - shown.length;
  return [
    total,
    ...shown,
    ...(more > 0 ? [`and ${counted(more, 'file')} more that could not be read to the end`] : []),
  ];
}

function fileText(capture: AnalysedCapture, isNamed: boolean): string {
  const { path, summary, interfaces, flows, firstNs } = capture;
  const name = isNamed ? `${path}: ` : '';
  if (isUnread(capture)) return `${name}${whyUnread(capture)}`;
  const { format, packets, bytes, problem } = summary;
  const parts = [
    `${name}${format}`,
    counted(packets, 'packet'),
    counted(flows.count, 'flow'),
    sizeText(bytes),
    ...(interfaces.length > 1 ? [counted(interfaces.length, 'interface')] : []),
  ];
  const from = firstNs === undefined ? '' : `, ${timeText(capture)}`;
  const wrong =
    problem === undefined ? '' : `; at byte ${problem.offset}, packet ${problem.record}: ${problem.message}`;
  return `${parts.join(', ')}${from}${wrong}`;
}

/** From when, and how long. */
function timeText({ firstNs = 0n, lastNs = 0n }: AnalysedCapture): string {
  const seconds = Number(lastNs - firstNs) / 1e9;
  return `from ${isoTime(firstNs).slice(0, 19).replace('T', ' ')} UTC for ${seconds.toFixed(Math.abs(seconds) < 10 ? 3 : 0)} s`;
}

function unknownOf(captures: readonly AnalysedCapture[]): ReadonlyMap<string, number> {
  const all = new Map<string, number>();
  for (const { notRead } of captures) {
    for (const [what, count] of notRead) all.set(what, (all.get(what) ?? 0) + count);
  }
  return all;
}

/** `512 bytes`, `18.8 kB`, `1.1 GB`. */
export function sizeText(bytes: number): string {
  if (bytes < 1000) return counted(bytes, 'byte');
  if (bytes < 1e6) return `${(bytes / 1e3).toFixed(1)} kB`;
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(2)} GB`;
}
