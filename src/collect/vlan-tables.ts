/**
 * The VLAN tables of bridges, read only where a bridge filters by them: few do, and one more program for every namespace
 * would be felt where there are many.
 *
 * @module
 */

import { VLAN_READ } from '../recording/reads.ts';
import { type Argv, run } from '../system/run.ts';
import type { FoundNamespace } from './discover.ts';
import type { ReadNamespace } from './frames.ts';

/** As iproute2 prints it; a device cannot be called so, for want of a colon in names. */
const FILTERS = /"vlan_filtering":(?:1|true)\b/;

/** The readings, with the tables where the listing of links asks for them. */
export async function withVlanTables(
  readings: ReadonlyMap<FoundNamespace, ReadNamespace>,
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<FoundNamespace, ReadNamespace>> {
  const all = [...readings].map(async ([found, read]) => [found, await withVlanTable(found, read, signal)] as const);
  return new Map(await Promise.all(all));
}

async function withVlanTable(
  { entry, file }: FoundNamespace,
  read: ReadNamespace,
  signal: AbortSignal | undefined,
): Promise<ReadNamespace> {
  if (!FILTERS.test(read.outputs['link']?.stdout ?? '')) return read;
  const argv: Argv = entry.kind === 'here' ? VLAN_READ : ['nsenter', `--net=${file}`, '--', ...VLAN_READ];
  const { stdout, stderr, exitCode, missing } = await run(argv, signal === undefined ? {} : { signal });
  signal?.throwIfAborted();
  const vlan = { command: [...VLAN_READ], exitCode: missing ? null : (exitCode ?? 1), stdout, stderr };
  return { ...read, outputs: { ...read.outputs, vlan } };
}
