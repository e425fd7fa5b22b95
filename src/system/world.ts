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

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readlinkSync } from 'node:fs';
import { Failure } from './failure.ts';
import { type Argv, type RunOptions, type RunResult, run } from './run.ts';

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

/** Held open by us for as long as the world shall live: its first process waits for the end of its input. */
const KEEPER = 'echo "$NSDIAG_WORLD"; exec cat >/dev/null';

/** A private world. Close it, or die: it goes either way. */
export class PrivateWorld {
  readonly isPrivate = true;
  /** Its first process, as numbered outside. */
  readonly pid: number;
  /** Where its files are seen from outside. */
  readonly root: string;
  /** The inode of its network namespace. */
  readonly network: string;
  readonly #keeper: ChildProcess;

  private constructor(keeper: ChildProcess, pid: number) {
    this.#keeper = keeper;
    this.pid = pid;
    this.root = `/proc/${pid}/root`;
    this.network = networkOf(pid);
  }

  /** @throws Failure when we are not root, or the kernel or util-linux cannot do it. */
  static async open(): Promise<PrivateWorld> {
    requireRoot('Cannot make a private world');
    const namespaces = ['--net', '--mount', '--pid', '--fork', '--kill-child', '--propagation', 'slave'];
    const argv = ['--pdeathsig', 'KILL', 'unshare', ...namespaces, 'sh', '-c', SETUP, 'world', 'sh', '-c', KEEPER];
    // Not in our process group: Ctrl-C is for us, and we close the world in good order.
    const keeper = spawn('setpriv', argv, { stdio: ['pipe', 'pipe', 'pipe'], detached: true });
    const errors: string[] = [];
    keeper.stderr.on('data', (chunk) => errors.push(String(chunk)));
    const ended = once(keeper, 'close').then(
      ([code]) => `exit ${code}`,
      (error: Error) => error.message,
    );
    const said = await Promise.race([once(keeper.stdout, 'data'), ended]);
    if (typeof said === 'string') {
      throw new Failure(
        'command-failed',
        `Cannot make a private world: ${said}`,
        'Install util-linux (setpriv, unshare) and iproute2; in a container, run it privileged',
        errors.join(''),
      );
    }
    return new PrivateWorld(keeper, Number.parseInt(String(said[0]), 10));
  }

  /** The command that runs a program in the world, in the folder we are in. */
  argv(program: Argv): Argv {
    const enter = ['nsenter', '--target', String(this.pid), '--net', '--mount', '--pid', '--'] as const;
    const env = ['env', `--chdir=${process.cwd()}`, `${WORLD_VARIABLE}=${this.pid}`];
    // nsenter waits outside for a child inside: the parent-death signal makes the two die together.
    return [...enter, 'setpriv', '--pdeathsig', 'KILL', ...env, ...program];
  }

  /** Run a program in the world; what it did is an answer, whatever it was. */
  async run(program: Argv, options?: RunOptions): Promise<RunResult> {
    return { ...(await run(this.argv(program), options)), argv: program };
  }

  /**
   * Run a program in the world on our own terminal, and wait until it ends.
   *
   * @returns Its exit code; `undefined` when a signal ended it.
   */
  async attach(program: Argv): Promise<number | undefined> {
    const [enter, ...args] = this.argv(program);
    const [exitCode] = await once(spawn(enter, args, { stdio: 'inherit' }), 'exit');
    return exitCode ?? undefined;
  }

  /** Remove the world with everything in it. A second call waits for the first one. */
  async close(): Promise<void> {
    if (this.#keeper.exitCode !== null || this.#keeper.signalCode !== null) return;
    const ended = once(this.#keeper, 'close');
    this.#keeper.stdin?.end();
    await ended;
  }
}

/** The inode of the network namespace that a process is in. */
export function networkOf(process: number | 'self'): string {
  return readlinkSync(`/proc/${process}/ns/net`).replace(/\D/g, '');
}

/** @throws Failure `no-permission` when we are not root. */
export function requireRoot(action: string): void {
  if (process.geteuid?.() === 0) return;
  throw new Failure('no-permission', `${action}: it needs root`, 'Run it again with sudo');
}
