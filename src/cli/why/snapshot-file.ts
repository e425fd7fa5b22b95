/**
 * Snapshot files, from anybody's machine, to one recording.
 *
 * Several files are several looks at one machine, as when one user could enter only some of the namespaces: of a
 * namespace that is in more than one, the latest look counts.
 *
 * @module
 */

import { createReadStream } from 'node:fs';
import { type ReadRecording, readRecording } from '../../recording/read-recording.ts';
import type { RecordedNamespace, Recording } from '../../recording/recording.ts';
import { Failure } from '../../system/failure.ts';
import { readErrorReason } from '../../system/read-error.ts';

/** A thousand namespaces with ten thousand rules each are about half of it; V8 has no strings beyond 512 MiB. */
export const MOST_SNAPSHOT_BYTES = 256 * 1024 * 1024;

const HOW_TO_TAKE = 'Take one with: sudo nsdiag snapshot -o FILE';

/** @throws Failure `bad-file` when one of them is no snapshot, or they are not of one machine. */
export async function readSnapshots(paths: readonly string[]): Promise<Recording> {
  return mergeRecordings(await Promise.all(paths.map(readSnapshot)));
}

/** Several looks at one machine. @throws Failure `bad-file` when they are of several. */
export function mergeRecordings(recordings: readonly Recording[]): Recording {
  const [latest, ...earlier] = recordings.toSorted((a, b) => b.takenAt.localeCompare(a.takenAt));
  if (latest === undefined) throw new RangeError('no snapshot given');
  return earlier.reduce(merge, latest);
}

async function readSnapshot(path: string): Promise<Recording> {
  const read: ReadRecording = readRecording(await readText(path));
  if (read.kind === 'recording') return read.recording;
  throw new Failure('bad-file', `Cannot read ${path}: ${read.why}`, HOW_TO_TAKE);
}

/** Read to the end, but for no longer than a snapshot can be: the path may be a pipe, or /dev/zero. */
async function readText(path: string): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of createReadStream(path)) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > MOST_SNAPSHOT_BYTES) break;
    }
  } catch (error) {
    throw new Failure('bad-file', `Cannot read ${path}: ${readErrorReason(error)}`, HOW_TO_TAKE);
  }
  if (bytes > MOST_SNAPSHOT_BYTES) {
    throw new Failure(
      'bad-file',
      `Cannot read ${path}: it has more than ${MOST_SNAPSHOT_BYTES / 1024 / 1024} MiB`,
      HOW_TO_TAKE,
    );
  }
  return Buffer.concat(chunks).toString('utf8');
}

function merge(latest: Recording, earlier: Recording): Recording {
  const why = whyNotOneMachine(latest, earlier);
  if (why !== undefined) {
    throw new Failure('bad-file', `Cannot take the snapshots together: ${why}`, 'Ask each of them by itself');
  }
  const known = new Set(latest.namespaces.filter(({ obstacle }) => obstacle === null).map(({ inode }) => inode));
  const added = earlier.namespaces.filter(({ inode }) => !known.has(inode));
  const replaced = new Set(added.filter(({ obstacle }) => obstacle === null).map(({ inode }) => inode));
  const kept = latest.namespaces.filter(({ inode }) => !replaced.has(inode));
  const names = new Set(kept.map(({ inode }) => inode));
  return {
    ...latest,
    namespaces: [...kept, ...added.filter(({ inode }) => !names.has(inode))],
    notes: [...new Set([...latest.notes, ...earlier.notes])],
  };
}

function whyNotOneMachine(a: Recording, b: Recording): string | undefined {
  if (a.kernel !== b.kernel) return `one is of Linux ${a.kernel}, the other of ${b.kernel}`;
  const inodes = new Map(a.namespaces.map(({ name, inode }) => [name, inode]));
  const differs = ({ name, inode }: RecordedNamespace) => inodes.has(name) && inodes.get(name) !== inode;
  const other = b.namespaces.find(differs);
  return other && `${other.name} is another namespace in each of them`;
}
