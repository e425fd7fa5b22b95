/**
 * The programs that this test process has started and that still run.
 *
 * @module
 */

import { readdirSync, readFileSync } from 'node:fs';

export interface RunningChild {
  readonly pid: number;
  /** As in /proc/PID/comm: the first 15 bytes of the program's name. */
  readonly name: string;
  readonly commandLine: string;
}

/** Those that have ended, and that nobody has asked about yet, are not counted. */
export function ownChildren(name: string, parent: number = process.pid): readonly RunningChild[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .flatMap((entry) => {
      try {
        const stat = readFileSync(`/proc/${entry}/stat`, 'utf8');
        // proc(5): state and parent follow the name, which may hold anything, in parentheses.
        const [state, ppid] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        if (state === 'Z' || Number(ppid) !== parent) return [];
        const commandLine = readFileSync(`/proc/${entry}/cmdline`, 'utf8').split('\0').join(' ');
        return [{ pid: Number(entry), name: stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')')), commandLine }];
      } catch {
        return []; // it ended while we looked
      }
    })
    .filter((child) => child.name === name);
}
