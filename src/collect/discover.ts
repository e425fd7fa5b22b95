/**
 * Which network namespaces there are, and a file that stands for each: the one nsdiag runs in, those with a name in
 * /run/netns, those that processes are in, and those that are only bind-mounted somewhere (Docker's).
 *
 * Not found: a namespace that is held by an open file or socket alone, by a thread that left its process's namespace,
 * or by a mount of another mount namespace. Its veths show up as peers that were not seen.
 *
 * Source: namespaces(7), ip-netns(8), proc(5).
 *
 * @module
 */

import { readdirSync, readFileSync } from 'node:fs';
import type { NetnsEntry } from '../host/host.ts';
import { inodeOfFile, inodeOfLink, inodeOfProcess } from './netns-inode.ts';

const NAMED = '/run/netns';

/** A namespace that can be entered, given the permission. */
export interface FoundNamespace {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly inode: number;
  readonly entry: NetnsEntry;
  /** Stands for it: `/run/netns/ns1`, `/proc/812/ns/net`. */
  readonly file: string;
}

export interface Discovery {
  /** `host` first, then by name, by process, by path. */
  readonly namespaces: readonly FoundNamespace[];
  readonly notes: readonly string[];
}

/** Look. Never throws for what it may not see: that becomes a note. */
export function discoverNamespaces(): Discovery {
  const notes: string[] = [];
  const found = new Map<number, FoundNamespace>();
  const add = (namespace: Omit<FoundNamespace, 'aliases'>): void => {
    const known = found.get(namespace.inode);
    const merged = known === undefined ? { ...namespace, aliases: [] } : withAlias(known, namespace.name);
    found.set(namespace.inode, merged);
  };

  const own = inodeOfProcess('self');
  if (own === undefined) throw new Error('/proc/self/ns/net names no namespace');
  add({ name: 'host', inode: own, entry: { kind: 'here' }, file: `/proc/${process.pid}/ns/net` });
  for (const name of namedNamespaces()) {
    const file = `${NAMED}/${name}`;
    const inode = inodeOfFile(file);
    if (inode === undefined) notes.push(`${file} is no network namespace: a name that was left behind`);
    else add({ name, inode, entry: { kind: 'named', name }, file });
  }
  const { pids, hidden } = processNamespaces();
  for (const [inode, pid] of pids) {
    if (!found.has(inode)) add({ name: `pid:${pid}`, inode, entry: { kind: 'pid', pid }, file: `/proc/${pid}/ns/net` });
  }
  for (const { inode, path } of mountedNamespaces()) {
    add({ name: path, inode, entry: { kind: 'path', path }, file: path });
  }
  if (hidden > 0) notes.push(hiddenNote(hidden));
  return { namespaces: [...found.values()], notes };
}

function hiddenNote(hidden: number): string {
  return hidden === 1
    ? 'one process could not be looked into: a namespace that only it is in was not found'
    : `${hidden} processes could not be looked into: namespaces that only they are in were not found`;
}

function withAlias(namespace: FoundNamespace, alias: string): FoundNamespace {
  return { ...namespace, aliases: [...namespace.aliases, alias] };
}

function namedNamespaces(): readonly string[] {
  try {
    return readdirSync(NAMED).sort();
  } catch {
    return []; // nobody has ever made one
  }
}

/** The lowest process in each namespace. */
function processNamespaces(): { readonly pids: ReadonlyMap<number, number>; readonly hidden: number } {
  const pids = new Map<number, number>();
  let hidden = 0;
  const all = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  for (const pid of all.map(Number).sort((a, b) => a - b)) {
    try {
      const inode = inodeOfProcess(pid);
      if (inode !== undefined && !pids.has(inode)) pids.set(inode, pid);
    } catch (error) {
      // Anything else: it has ended meanwhile.
      if (error instanceof Error && 'code' in error && error.code === 'EACCES') hidden++;
    }
  }
  return { pids, hidden };
}

/** Bind mounts of namespaces, but for those that have a name. */
function mountedNamespaces(): readonly { readonly inode: number; readonly path: string }[] {
  const lines = readFileSync('/proc/self/mountinfo', 'utf8').split('\n');
  return lines.flatMap((line) => {
    const [, , , root = '', mountPoint = ''] = line.split(' ');
    const inode = inodeOfLink(root);
    const path = mountPoint.replace(/\\([0-7]{3})/g, (_, octal: string) =>
      String.fromCharCode(Number.parseInt(octal, 8)),
    );
    const isNamed = /^\/(?:var\/)?run\/netns\/[^/]+$/.test(path);
    return inode === undefined || isNamed ? [] : [{ inode, path }];
  });
}
