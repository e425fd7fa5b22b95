/**
 * What was read in each namespace, as the namespaces of a recording; and what became of those that were not read.
 *
 * @module
 */

import * as v from 'valibot';
import type { RecordedNamespace, RecordedOutput } from '../recording/recording.ts';
import type { FoundNamespace } from './discover.ts';
import { inodeOfFile, inodeOfLink } from './netns-inode.ts';
import type { Readings } from './read-namespaces.ts';

/** `null` where the namespace has vanished: then only the note is left of it. */
type Recorded = { readonly namespace: RecordedNamespace | null; readonly note?: string };

export function recordedNamespaces(
  found: readonly FoundNamespace[],
  readings: Readings,
): { readonly namespaces: readonly RecordedNamespace[]; readonly notes: readonly string[] } {
  const recorded = found.map((namespace) => recordedNamespace(namespace, readings));
  return {
    namespaces: recorded.flatMap(({ namespace }) => namespace ?? []),
    notes: recorded.flatMap(({ note }) => note ?? []),
  };
}

function recordedNamespace(found: FoundNamespace, readings: Readings): Recorded {
  const read = readings.of.get(found);
  if (read === undefined) return { namespace: unread(found, readings.obstacle ?? 'it was not read') };
  if (read.complaint !== undefined && Object.keys(read.outputs).length === 0) {
    const isGone = NO_NAMESPACE.test(read.complaint) || inodeOfFile(found.file) !== found.inode;
    return isGone ? vanished(found) : { namespace: unread(found, read.complaint.split('\n', 1)[0] ?? '') };
  }
  const { inode, nsid, ...outputs } = read.outputs;
  // Between finding and entering, a name or a process number may have passed on to another namespace.
  if (inode === undefined || inodeOfLink(inode.stdout.trim()) !== found.inode) return vanished(found);
  const namespace = { ...named(found), obstacle: null, nsids: nsidsOf(nsid, readings), outputs };
  return read.isComplete ? { namespace } : { namespace, note: `${found.name}: reading it ended early` };
}

/** What nsenter says of a file that is not there, or that stands for no namespace (any more). */
const NO_NAMESPACE = /No such (file|process)|Invalid argument/;

function vanished({ name }: FoundNamespace): Recorded {
  return { namespace: null, note: `${name} vanished while it was being read` };
}

function unread(found: FoundNamespace, obstacle: string): RecordedNamespace {
  return { ...named(found), obstacle, nsids: {}, outputs: {} };
}

function named({ name, aliases, inode, entry }: FoundNamespace) {
  return { name, aliases, inode, entry };
}

const NsidRows = v.array(v.looseObject({ nsid: v.number(), name: v.optional(v.string()) }));

/** Namespaces that nobody found have no name there, and are left out. */
function nsidsOf(output: RecordedOutput | undefined, { byLink }: Readings): Readonly<Record<string, number>> {
  if (output?.exitCode !== 0) return {};
  const rows = v.safeParse(v.pipe(v.string(), v.parseJson(), NsidRows), output.stdout);
  const known = (rows.success ? rows.output : []).flatMap(({ nsid, name }) => {
    const inode = byLink.get(name ?? '')?.inode;
    return inode === undefined ? [] : [[String(nsid), inode] as const];
  });
  return Object.fromEntries(known);
}
