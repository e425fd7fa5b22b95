/**
 * What an analysis comes to. Nothing wrong is said only of what was read to its end.
 *
 * @module
 */

import type { Analysis } from './analysis.ts';
import type { AnalysedCapture } from './capture-analysis.ts';

/**
 * `findings`: something is wrong; notes do not count. `unread`: nothing is, but a file could not be read, or not to its
 * end. `nothing-to-judge`: no packet that is looked into.
 */
export type AnalysisVerdict = 'fine' | 'findings' | 'unread' | 'nothing-to-judge';

export function verdictOf({ captures, findings }: Pick<Analysis, 'captures' | 'findings'>): AnalysisVerdict {
  if (findings.some(({ severity }) => severity !== 'note')) return 'findings';
  if (captures.some((capture) => isUnread(capture) || capture.summary.problem !== undefined)) return 'unread';
  return judgedPackets(captures) === 0 ? 'nothing-to-judge' : 'fine';
}

/** Whether it is no capture, or was not there. */
export function isUnread({ summary }: AnalysedCapture): boolean {
  return summary.format === undefined;
}

export function packetsOf(captures: readonly AnalysedCapture[]): number {
  return captures.reduce((sum, { summary }) => sum + summary.packets, 0);
}

/** Those that were read up to the protocols that are looked into. */
export function judgedPackets(captures: readonly AnalysedCapture[]): number {
  const notRead = captures.flatMap((capture) => [...capture.notRead.values()]);
  return packetsOf(captures) - notRead.reduce((sum, count) => sum + count, 0);
}
