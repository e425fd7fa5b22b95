/**
 * Which file sets a sysctl of this machine at boot, so that a fix which sets another value is known not to last.
 *
 * Source: sysctl.d(5): of files of one name that in /etc counts before that in /run and /usr/lib, all are read in the order
 * of their names, and the last setting wins; sysctl(8) --system reads /etc/sysctl.conf last. Not read: what containers and
 * other namespaces are given by the program that makes them.
 *
 * @module
 */

import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { Cause, Diagnosis, FixCommand } from '../../diagnosis/diagnosis.ts';

/** A file and what is in it. */
export interface SysctlFile {
  readonly path: string;
  readonly text: string;
}

const FOLDERS = ['/etc/sysctl.d', '/run/sysctl.d', '/usr/local/lib/sysctl.d', '/usr/lib/sysctl.d', '/lib/sysctl.d'];

/** The files of this machine, in the order in which they are read. */
export function sysctlFiles(): readonly SysctlFile[] {
  const paths = FOLDERS.flatMap((folder) => listed(folder).map((name) => `${folder}/${name}`));
  const counted = paths.filter((path, index) => paths.findIndex((each) => basename(each) === basename(path)) === index);
  const inOrder = counted.toSorted((a, b) => (basename(a) < basename(b) ? -1 : 1));
  return [...inOrder, '/etc/sysctl.conf'].flatMap((path) => read(path) ?? []);
}

function listed(folder: string): readonly string[] {
  try {
    return readdirSync(folder).filter((name) => name.endsWith('.conf'));
  } catch {
    return [];
  }
}

function read(path: string): SysctlFile | undefined {
  try {
    return { path, text: readFileSync(path, 'utf8') };
  } catch {
    return undefined;
  }
}

/** Say of each fix that sets a sysctl where nsdiag runs which file will set it back. `files` are read when there is one. */
export function withSysctlFiles(diagnosis: Diagnosis, files: () => readonly SysctlFile[]): Diagnosis {
  // Of another namespace the command begins with the way into it.
  const isOurs = ({ argv }: FixCommand) => argv[0] === 'sysctl' && argv[1] === '-w';
  const fixesOf = ({ fix, alternatives }: Cause) => [fix, ...alternatives.map((each) => each.fix)];
  if (!diagnosis.causes.some((cause) => fixesOf(cause).flat().some(isOurs))) return diagnosis;
  const all = files();
  const told = (command: FixCommand): FixCommand => {
    const [key = '', value = ''] = isOurs(command) ? (command.argv[2] ?? '').split('=') : [];
    const set = key === '' ? undefined : settingOf(key, all);
    if (set === undefined || set.value === value) return command;
    const warning = `${set.path} sets ${key} = ${set.value} again at boot`;
    return { ...command, sideEffects: [command.sideEffects, warning].filter(Boolean).join('. ') };
  };
  return {
    ...diagnosis,
    causes: diagnosis.causes.map((cause) => ({
      ...cause,
      fix: cause.fix.map(told),
      alternatives: cause.alternatives.map((each) => ({ ...each, fix: each.fix.map(told) })),
    })),
  };
}

/** The last setting of the key, which has slashes. */
export function settingOf(
  key: string,
  files: readonly SysctlFile[],
): { readonly path: string; readonly value: string } | undefined {
  let last: { path: string; value: string } | undefined;
  for (const { path, text } of files) {
    for (const line of text.split('\n')) {
      const [, name, value] = /^\s*-?\s*([^#;\s=][^=]*?)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
      if (name !== undefined && value !== undefined && isNamed(key, name)) last = { path, value };
    }
  }
  return last;
}

/** Dots and slashes change places where the first of them is a dot; `*` stands for one word. */
function isNamed(key: string, name: string): boolean {
  const first = /[./]/.exec(name)?.[0];
  const slashed = first === '.' ? name.replace(/[./]/g, (sign) => (sign === '.' ? '/' : '.')) : name;
  const words = slashed.split('/');
  const wanted = key.split('/');
  return words.length === wanted.length && words.every((word, index) => word === '*' || word === wanted[index]);
}
