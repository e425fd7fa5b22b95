/**
 * The devices of the namespace that is typed before a colon: `ns1:veth0`.
 *
 * Limit: without root, only those of the namespace that nsdiag runs in.
 *
 * @module
 */

import { discoverNamespaces } from '../../collect/discover.ts';
import { argvInNetns } from '../../system/enter-netns.ts';
import { run } from '../../system/run.ts';
import type { Candidate } from './complete.ts';

/** Somebody waits with a finger on Tab. */
const PATIENCE_MS = 1000;

/** @param typed `ns1:`, `pid:12:et`; the namespace ends at the last colon, for devices seldom have one in their names. */
export async function devicesTyped(typed: string): Promise<readonly Candidate[]> {
  const name = typed.slice(0, Math.max(0, typed.lastIndexOf(':')));
  const found = discoverNamespaces().namespaces.find((each) => each.name === name || each.aliases.includes(name));
  if (found === undefined) return [];
  const links = await run(argvInNetns(found.entry, ['ip', '-j', 'link', 'show']), { timeoutMs: PATIENCE_MS });
  if (links.exitCode !== 0) return [];
  const rows: readonly { readonly ifname: string; readonly operstate: string }[] = JSON.parse(links.stdout);
  return rows.map(({ ifname, operstate }) => ({ value: `${name}:${ifname}`, description: operstate }));
}
