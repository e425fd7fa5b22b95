/**
 * What a lab makes, as it is recorded before it is made, told from others of its name once it is, and taken back.
 *
 * Taking back is harmless where there is nothing (any more), and leaves alone what bears the name but is not ours: a
 * namespace is known by its inode, a device by its ifindex, a process by when it started; a folder in which there is more
 * than we put there stays.
 *
 * @module
 */

import { existsSync, statSync } from 'node:fs';
import { unreachable } from '../net/unreachable.ts';
import { shellLine } from '../report/shell-quote.ts';
import type { Argv } from '../system/run.ts';
import type { Machine } from './machine.ts';
import { stopProcess } from './process.ts';
import type { Recorded } from './state-file.ts';
import type { Made } from './step.ts';

/** How ip, sysctl, iptables and nft say that there is nothing to remove. */
const GONE =
  /Cannot find device|No such (?:file|process|device)|does a matching rule exist|No chain\/target\/match|cannot stat|Cannot assign requested address/;

/** What is about to be made; empty when it changes nothing (a sysctl that is not there). */
export async function recordOf(machine: Machine, made: Made): Promise<readonly Recorded[]> {
  switch (made.kind) {
    case 'netns':
      return [{ kind: 'netns', name: made.name }];
    case 'device':
      return [{ kind: 'device', name: made.name }];
    case 'sysctl': {
      const { exitCode, stdout } = await machine.run(['sysctl', '-n', made.key]);
      return exitCode === 0 ? [{ kind: 'sysctl', key: made.key, value: stdout.trimEnd() }] : [];
    }
    case 'iptables-table':
      return (await chainsAndRules(machine, made)) === undefined ? [made] : [];
    case 'file':
    case 'folder':
      return existsSync(`${machine.root}${made.path}`) ? [] : [made];
    case 'setting':
      return [{ kind: 'setting', remove: [...made.remove] }];
    default:
      return unreachable(made);
  }
}

/** The same entry, once the thing is there, with what tells it from another of its name. */
export async function identified(machine: Machine, entry: Recorded): Promise<Recorded> {
  if (entry.kind === 'netns') return { ...entry, inode: inodeOf(machine, entry.name) };
  if (entry.kind === 'device') return { ...entry, ifindex: await ifindexOf(machine, entry.name) };
  return entry;
}

/** The command that takes an entry back, as a person would type it. */
export function removal(entry: Recorded): Argv {
  switch (entry.kind) {
    case 'netns':
      return ['ip', 'netns', 'del', entry.name];
    case 'device':
      return ['ip', 'link', 'del', 'dev', entry.name];
    case 'sysctl':
      return ['sysctl', '-w', `${entry.key}=${entry.value}`];
    case 'process':
      return ['kill', String(entry.pid)];
    case 'iptables-table':
      return ['nft', `delete table ${entry.family} ${entry.name}`];
    case 'file':
      return ['rm', entry.path];
    case 'folder':
      return ['rmdir', entry.path];
    case 'setting':
      return entry.remove;
    default:
      return unreachable(entry);
  }
}

/** What an entry is called in a message. */
export function nameOf(entry: Recorded): string {
  switch (entry.kind) {
    case 'netns':
      return `namespace ${entry.name}`;
    case 'device':
      return `device ${entry.name}`;
    case 'sysctl':
      return `sysctl ${entry.key}`;
    case 'process':
      return `listener ${entry.name}`;
    case 'iptables-table':
      return `table ${entry.family} ${entry.name}`;
    case 'file':
    case 'folder':
      return `${entry.kind} ${entry.path}`;
    case 'setting':
      return `what \`${shellLine(entry.remove)}\` removes`;
    default:
      return unreachable(entry);
  }
}

/**
 * What became of an entry: we removed it, it was gone, or it was left alone, because something else has taken its name or
 * somebody has put more into it.
 */
export type TakenBack = 'removed' | 'gone' | 'not-ours' | 'not-empty';

/**
 * Take one thing back.
 *
 * @throws Error with what the tool said when it is still there.
 */
export async function takeBack(machine: Machine, entry: Recorded): Promise<TakenBack> {
  if (entry.kind === 'process') return (await stopProcess(machine, entry)) ? 'removed' : 'gone';
  if (entry.kind === 'netns' || entry.kind === 'device') {
    const recorded = entry.kind === 'netns' ? entry.inode : entry.ifindex;
    const found = entry.kind === 'netns' ? inodeOf(machine, entry.name) : await ifindexOf(machine, entry.name);
    if (found === undefined) return 'gone';
    // Recorded without a number: we died before we could look. There was none of that name, so this one is ours.
    if (recorded !== undefined && recorded !== found) return 'not-ours';
  }
  if (entry.kind === 'iptables-table') {
    const found = await chainsAndRules(machine, entry);
    if (found === undefined) return 'gone';
    if (found.some((each) => !BUILT_IN_CHAIN.test(each))) return 'not-ours';
  }
  const { exitCode, stderr } = await machine.run(removal(entry));
  if (exitCode === 0) return 'removed';
  if (GONE.test(stderr)) return 'gone';
  if (entry.kind === 'folder' && stderr.includes('Directory not empty')) return 'not-empty';
  throw new Error(stderr.trim() || `exit ${exitCode}`);
}

function inodeOf(machine: Machine, netns: string): number | undefined {
  return statSync(`${machine.root}/run/netns/${netns}`, { throwIfNoEntry: false })?.ino;
}

async function ifindexOf(machine: Machine, device: string): Promise<number | undefined> {
  const { exitCode, stdout } = await machine.run(['ip', '-o', 'link', 'show', 'dev', device]);
  return exitCode === 0 ? Number.parseInt(stdout, 10) : undefined;
}

/** A chain that iptables makes by itself. */
const BUILT_IN_CHAIN = /^chain (?:PREROUTING|INPUT|FORWARD|OUTPUT|POSTROUTING)$/;

/** What a table of iptables holds, a line each; `undefined` when there is no such table, or no nft to ask. */
async function chainsAndRules(
  machine: Machine,
  { family, name }: { readonly family: string; readonly name: string },
): Promise<readonly string[] | undefined> {
  const { exitCode, stdout } = await machine.run(['nft', `list table ${family} ${name}`]);
  if (exitCode !== 0) return undefined;
  const lines = stdout.split('\n').map((line) => line.trim().replace(/ \{$/, ''));
  return lines.filter((line) => !/^(?:table .*|type .* hook .*|\}|#.*|)$/.test(line));
}
