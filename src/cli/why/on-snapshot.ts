/**
 * A snapshot as the ground of a question: the model alone answers, on any machine, for anybody.
 *
 * @module
 */

import { hostOf } from '../../recording/to-host.ts';
import type { Ground } from './ground.ts';
import { readSnapshots } from './snapshot-file.ts';

/** @param paths Of snapshot files, at least one. */
export async function onSnapshot(paths: readonly string[]): Promise<Ground> {
  const recording = await readSnapshots(paths);
  const note = `The wire and the kernel were not asked: this is a snapshot of ${recording.takenAt}`;
  return {
    settle: undefined,
    leave: async () => undefined,
    look: async () => hostOf(recording),
    recorded: () => recording,
    inodeOf: () => undefined,
    hostsFile: () => new Map(),
    resolve: async () => ({ kind: 'not-asked', why: 'a snapshot has no resolver to ask for names' }),
    hear: async () => ({ observation: undefined, routes: [], notes: [note] }),
  };
}
