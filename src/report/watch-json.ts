/**
 * One turn of a watched question as a line of `nsdiag watch --json`, schema `nsdiag.watch/1` (schemas/watch-1.schema.json).
 *
 * @module
 */

import type { Diagnosis } from '../diagnosis/diagnosis.ts';
import { type Change, deviceOfChange } from '../host/difference/change.ts';
import type { Origin } from '../host/difference/origins.ts';
import { changeText } from '../host/difference/words.ts';
import { type WhyDocument, whyDocument } from './json.ts';
import { likeliestFirst } from './text/watch.ts';

interface WatchedChange {
  readonly netns: string;
  readonly subject: Change['subject'];
  readonly action: Change['action'];
  readonly device: string | null;
  readonly text: string;
  /** So many changes more the kernel made of it. */
  readonly followers: number;
}

export interface WatchLine {
  readonly schema: 'nsdiag.watch/1';
  /** RFC 3339, UTC. */
  readonly at: string;
  readonly event: 'first' | 'broke' | 'healed' | 'changed' | 'error';
  readonly verdict: Diagnosis['verdict'];
  readonly summary: string;
  readonly changes: readonly WatchedChange[];
  /** As `why --json` has it; null when it could not be asked. */
  readonly answer: WhyDocument | null;
}

export function watchLine(
  at: string,
  event: WatchLine['event'],
  origins: readonly Origin[],
  answered: Diagnosis | string,
): WatchLine {
  const diagnosis = typeof answered === 'string' ? undefined : answered;
  const changes = origins.map(({ change }) => change);
  const ordered = diagnosis === undefined ? changes : likeliestFirst(diagnosis, changes);
  return {
    schema: 'nsdiag.watch/1',
    at,
    event,
    verdict: diagnosis?.verdict ?? 'undecided',
    summary: diagnosis?.summary ?? String(answered),
    changes: ordered.map((change) => ({
      netns: change.netns,
      subject: change.subject,
      action: change.action,
      device: deviceOfChange(change) ?? null,
      text: changeText(change),
      followers: origins.find((origin) => origin.change === change)?.followers.length ?? 0,
    })),
    answer: diagnosis === undefined ? null : whyDocument(diagnosis),
  };
}
