/**
 * nsdiag as an extcap of Wireshark: a script in the folder where Wireshark looks for them.
 *
 * Wireshark 4.2 and newer have a folder for each user; older ones only that of the machine. Wireshark itself is asked where they are.
 * The script answers what Wireshark asks of every device by itself, so that a list of hundreds costs no hundred starts of nsdiag.
 *
 * @module
 */

import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { shellLine } from '../../report/shell-quote.ts';
import { Failure } from '../../system/failure.ts';
import { type Argv, run } from '../../system/run.ts';
import { writeErrorReason } from '../../system/write-error.ts';
import { CONFIG_LINES } from './options.ts';
import { linkTypeLine } from './protocol.ts';

const FILE_NAME = 'nsdiag';
/** What tells our script from somebody else's file of that name. */
const MARK = '# nsdiag extcap:';
const EXECUTABLE = 0o755;
/** Wireshark's own programs, any of which knows. */
const WHO_KNOWS = ['tshark', 'wireshark'];

export interface ExtcapFolders {
  /** Of this user; Wireshark 4.2 and newer. */
  readonly personal: string | undefined;
  /** Of everybody on this machine. */
  readonly global: string | undefined;
}

/** @throws Failure where there is no Wireshark, or it does not say. */
export async function askFolders(): Promise<ExtcapFolders> {
  for (const program of WHO_KNOWS) {
    const { stdout, missing } = await run([program, '-G', 'folders']);
    if (missing) continue;
    const folders = foldersIn(stdout);
    if (folders.personal === undefined && folders.global === undefined) {
      throw new Failure('command-failed', `Cannot find Wireshark's extcap folder: ${program} -G folders names none`);
    }
    return folders;
  }
  const hint = 'apt-get install wireshark, or tshark for a terminal';
  throw new Failure(
    'tool-missing',
    "Cannot find Wireshark's extcap folder: neither tshark nor wireshark is installed",
    hint,
  );
}

/** What `tshark -G folders` prints: a name, a tab, a path. Before 4.2 there was one, without a word before it. */
export function foldersIn(text: string): ExtcapFolders {
  const pathOf = (name: RegExp) =>
    text
      .split('\n')
      .find((line) => name.test(line))
      ?.split('\t')
      .at(-1)
      ?.trim() || undefined;
  return { personal: pathOf(/^Personal Extcap path:/i), global: pathOf(/^(Global )?Extcap path:/i) };
}

/**
 * That of all users for root, whose own one would be nobody's; else that of the user, where this Wireshark has one.
 *
 * @throws Failure when it has none.
 */
export function chosenFolder({ personal, global }: ExtcapFolders, isRoot: boolean): string {
  const folder = isRoot ? (global ?? personal) : (personal ?? global);
  if (folder !== undefined) return folder;
  throw new Failure('not-found', 'Cannot install: this Wireshark has no folder for extcaps');
}

/** @param nsdiag What runs nsdiag. @returns The file. @throws Failure where it cannot be written. */
export function install(folder: string, nsdiag: Argv): string {
  const path = join(folder, FILE_NAME);
  refuseForeign(path);
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(path, scriptOf(nsdiag), { mode: EXECUTABLE });
  } catch (error) {
    const hint = `sudo ${shellLine([...nsdiag, 'extcap', '--install'])}`;
    throw new Failure(
      'no-permission',
      `Cannot write ${path}: ${writeErrorReason(error)}`,
      `Install it for all users: ${hint}`,
    );
  }
  return path;
}

/** @returns The file that is gone; `undefined` when there was none. @throws Failure when it is not ours, or stays. */
export function uninstall(folder: string): string | undefined {
  const path = join(folder, FILE_NAME);
  if (!existsSync(path)) return undefined;
  refuseForeign(path);
  try {
    rmSync(path);
  } catch (error) {
    throw new Failure('no-permission', `Cannot remove ${path}: ${writeErrorReason(error)}`);
  }
  return path;
}

function refuseForeign(path: string): void {
  if (!existsSync(path) || readFileSync(path, 'utf8').includes(MARK)) return;
  throw new Failure('bad-file', `Cannot use ${path}: there is another extcap of that name`);
}

/** A shell script, because an extcap is one file that can be run. */
function scriptOf(nsdiag: Argv): string {
  const command = nsdiag.map(quoted).join(' ');
  const dlt = (value: string) => `echo ${quoted(linkTypeLine(value))}`;
  return `#!/bin/sh
${MARK} the devices of every network namespace. Made by "nsdiag extcap --install".
case " $* " in
*" --extcap-config "*)
  ${CONFIG_LINES.map((line) => `echo ${quoted(line)}`).join('\n  ')}
  exit 0
  ;;
*" --extcap-dlts "*)
  case "$* " in
  *:any" "*) ${dlt(':any')} ;;
  *"~ip "*) ${dlt('~ip')} ;;
  *) ${dlt('')} ;;
  esac
  exit 0
  ;;
esac
# What has gone since is no reason to break Wireshark's list.
[ -x ${quoted(nsdiag[0])} ] && [ -r ${quoted(nsdiag[1] ?? nsdiag[0])} ] || exit 0
exec ${command} extcap "$@"
`;
}

/** For any shell: between single quotes everything is as it stands, but for these quotes. */
function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
