/**
 * The inode of a network namespace: its identity, by whatever name it is reached.
 *
 * Source: namespaces(7): /proc/PID/ns/net is a link to `net:[4026531840]`, and so is what stat(2) says of a bind mount.
 *
 * @module
 */

import { readlinkSync, statSync } from 'node:fs';

/** The inode in `net:[4026531840]`. */
export function inodeOfLink(link: string): number | undefined {
  const inode = /^net:\[(\d+)\]$/.exec(link)?.[1];
  return inode === undefined ? undefined : Number(inode);
}

/** The namespace that a process is in. @throws as readlink(2): the process has ended, or is not ours to look at. */
export function inodeOfProcess(pid: number | 'self'): number | undefined {
  return inodeOfLink(readlinkSync(`/proc/${pid}/ns/net`));
}

/** `undefined` for a file that is left of a namespace (its mount is gone), and for any other file. */
export function inodeOfFile(path: string): number | undefined {
  try {
    const { dev, ino } = statSync(path);
    return dev === statSync('/proc/self/ns/net').dev ? ino : undefined;
  } catch {
    return undefined;
  }
}

/** The namespace that is meant by a word that is no name: `pid:812` (any process in it), a path (any file of it). */
export function inodeOfWord(word: string): number | undefined {
  const pid = /^pid:(\d+)$/.exec(word)?.[1];
  if (pid === undefined) return word.startsWith('/') ? inodeOfFile(word) : undefined;
  try {
    return inodeOfProcess(Number(pid));
  } catch {
    return undefined;
  }
}
