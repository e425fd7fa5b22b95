/**
 * A private world: a network, a mount and a PID namespace of our own, in which "the host" is an empty machine.
 *
 * What runs in it sees its own /run/netns, /run/nsdiag and xtables lock, its own processes and only its own links;
 * nothing it makes is visible outside. The world goes with its first process, and that goes with us, kill -9
 * included: the kernel delivers the parent-death signal and removes a PID namespace whose init is gone.
 * Not private: files outside /run, the clock, kernel modules, sysctls that are not per network namespace.
 *
 * Source: unshare(1), setpriv(1), pid_namespaces(7), mount_namespaces(7). Seen in test/live/lab-world.test.ts.
 *
 * @module
 */

import { execa } from 'execa';
import { Failure } from './failure.ts';
import type { Argv } from './run.ts';

/** Set in every process of a world: the process that keeps it, as numbered where the world was made. */
export const WORLD_VARIABLE = 'NSDIAG_WORLD';

/**
 * What the first process of the world does before it runs the program it was given.
 *
 * The new /run is put together under /sys (about to be mounted afresh) and then moved into place, because a
 * directory made for it under the old /run would stay there. Directories and links of the old /run stay reachable:
 * on some distributions the programs themselves are found through it. The program is not exec'ed: process 1 ignores
 * signals that it does not handle, and the shell reaps orphans.
 */
const SETUP = `set -e
read -r NSDIAG_WORLD rest </proc/self/stat
export NSDIAG_WORLD
mount -t proc proc /proc
mount -t tmpfs -o mode=755 tmpfs /sys
for old in /run/*; do
  new=/sys/\${old#/run/}
  case $old in /run/netns|/run/nsdiag) continue ;; esac
  if [ -L "$old" ]; then cp -P "$old" "$new"
  elif [ -d "$old" ]; then mkdir "$new"; mount --rbind "$old" "$new"
  fi
done
mount --move /sys /run
mount -t sysfs sysfs /sys
mount -t tracefs tracefs /sys/kernel/tracing 2>/dev/null || :
ip link set dev lo up
set +e
"$@"
exit $?`;

/** The command that runs a program in a new private world. It needs root. */
export function worldArgv(program: Argv): Argv {
  const namespaces = ['--net', '--mount', '--pid', '--fork', '--kill-child', '--propagation', 'slave'];
  return ['setpriv', '--pdeathsig', 'KILL', 'unshare', ...namespaces, 'sh', '-c', SETUP, 'world', ...program];
}

export interface EnterWorldOptions {
  /** Ends the world, with everything in it, when aborted. */
  readonly signal?: AbortSignal;
  /** Added to our own environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Run a program in a new private world, on our own terminal, and wait until it ends.
 *
 * @returns Its exit code; `undefined` when a signal ended it.
 */
export async function enterWorld(program: Argv, options: EnterWorldOptions = {}): Promise<number | undefined> {
  requireRoot('Cannot make a private world');
  const [setpriv, ...args] = worldArgv(program);
  const result = await execa(setpriv, args, {
    reject: false,
    stdio: 'inherit',
    env: { ...options.env },
    // unshare holds SIGTERM back while its child runs.
    killSignal: 'SIGKILL',
    ...(options.signal === undefined ? {} : { cancelSignal: options.signal }),
  });
  if (result.code === 'ENOENT') {
    throw new Failure(
      'tool-missing',
      'Cannot make a private world: setpriv is not installed',
      'Install util-linux, which has setpriv and unshare',
    );
  }
  return result.exitCode;
}

/** @throws Failure `no-permission` when we are not root. */
export function requireRoot(action: string): void {
  if (process.geteuid?.() === 0) return;
  throw new Failure('no-permission', `${action}: it needs root`, 'Run it again with sudo');
}
