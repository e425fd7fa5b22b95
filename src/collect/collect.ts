/**
 * The machine to a recording of all its namespaces.
 *
 * It changes nothing. Without root, or where this machine does not let even root make a mount namespace, only our own
 * namespace is read, and the others are in the recording with the reason. A namespace that vanishes meanwhile is a note.
 *
 * @module
 */

import { release } from 'node:os';
import { RECORDING_SCHEMA, type Recording } from '../recording/recording.ts';
import { isInstalled } from '../system/installed.ts';
import { discoverNamespaces } from './discover.ts';
import { readNamespaces } from './read-namespaces.ts';
import { recordedNamespaces } from './recorded-namespaces.ts';
import { withVlanTables } from './vlan-tables.ts';

export interface CollectOptions {
  /** The version of nsdiag, for the recording. */
  readonly version: string;
  /** Ends the reading when aborted. */
  readonly signal?: AbortSignal;
}

/** Programs that a fix, or a person who follows a hint, may need. */
const TOOLS = ['ip', 'bridge', 'nft', 'iptables', 'ip6tables', 'sysctl', 'ss', 'tc', 'nsenter', 'conntrack', 'ethtool'];

/** @throws Failure when nothing at all could be read. */
export async function collect({ version, signal }: CollectOptions): Promise<Recording> {
  const takenAt = new Date().toISOString();
  const discovery = discoverNamespaces();
  const readings = await readNamespaces(discovery.namespaces, signal);
  const of = await withVlanTables(readings.of, signal);
  const { namespaces, notes } = recordedNamespaces(discovery.namespaces, { ...readings, of });
  // Where a person who runs a fix would find them: as root.
  const path = `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`;
  return {
    schema: RECORDING_SCHEMA,
    takenAt,
    nsdiag: version,
    kernel: release(),
    tools: Object.fromEntries(TOOLS.map((tool) => [tool, isInstalled(tool, path)])),
    namespaces,
    notes: [...discovery.notes, ...notes],
  };
}
