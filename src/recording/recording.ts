/**
 * A recording: what the commands printed in every namespace, as they printed it. This is what a snapshot file holds.
 *
 * Raw on purpose: `hostOf` (to-host.ts) makes a `Host` of it, and a newer nsdiag, which understands more, reads an old
 * snapshot better. Bytes that are no UTF-8 (a device name may hold any) stand in the text as lone surrogates, U+DC00
 * plus the byte, so that none is lost and none is taken for another.
 *
 * @module
 */

import * as v from 'valibot';

/** Names the format; what is not read here is added to, never given another meaning, under this name. */
export const RECORDING_SCHEMA = 'nsdiag.snapshot/1';

const Count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

const NetnsEntrySchema = v.variant('kind', [
  v.object({ kind: v.literal('here') }),
  v.object({ kind: v.literal('named'), name: v.string() }),
  v.object({ kind: v.literal('pid'), pid: Count }),
  v.object({ kind: v.literal('path'), path: v.string() }),
]);

const OutputSchema = v.object({
  /** As it ran inside the namespace. */
  command: v.array(v.string()),
  /** `null`: the program is not installed. */
  exitCode: v.nullable(v.number()),
  stdout: v.string(),
  stderr: v.string(),
});

const NamespaceSchema = v.object({
  name: v.pipe(v.string(), v.nonEmpty()),
  aliases: v.array(v.string()),
  inode: Count,
  entry: NetnsEntrySchema,
  /** Why nothing could be read in it: no permission, say. `null`: it was entered. */
  obstacle: v.nullable(v.string()),
  /** Inode of the namespace that each nsid means here. */
  nsids: v.record(v.string(), Count),
  /** By the keys of `reads.ts`; keys that this nsdiag does not know are left alone. */
  outputs: v.record(v.string(), OutputSchema),
});

/** The schema of the whole file. */
export const RecordingSchema = v.object({
  schema: v.literal(RECORDING_SCHEMA),
  /** ISO 8601, UTC. */
  takenAt: v.pipe(v.string(), v.isoTimestamp()),
  /** The version of the nsdiag that took it. */
  nsdiag: v.string(),
  /** `uname -r`. */
  kernel: v.string(),
  /** Programs that a fix may need, and whether each is there. */
  tools: v.record(v.string(), v.boolean()),
  namespaces: v.array(NamespaceSchema),
  /** What could not be looked at. */
  notes: v.array(v.string()),
});

/** What one command printed. */
export type RecordedOutput = DeepReadonly<v.InferOutput<typeof OutputSchema>>;

/** One namespace. */
export type RecordedNamespace = DeepReadonly<v.InferOutput<typeof NamespaceSchema>>;

/** All namespaces of one machine at one moment. */
export type Recording = DeepReadonly<v.InferOutput<typeof RecordingSchema>>;

type DeepReadonly<T> = T extends object ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> } : T;
