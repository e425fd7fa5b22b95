/**
 * A private world for a live test: an empty machine of its own, in which the test may do as it likes.
 *
 *     liveTest('ping passes a veth pair', async () => {
 *       await inWorld(async (world) => {
 *         await world.sh(`
 *           ip netns add ns1
 *           ip -n ns1 link set dev lo up
 *         `);
 *         expect((await world.run(['ip', 'netns', 'exec', 'ns1', 'ping', '-c1', '-W1', '127.0.0.1'])).exitCode).toBe(0);
 *       });
 *     });
 *
 * Worlds do not see each other: tests run side by side. A world goes when it is closed, and when the test process
 * dies. New namespaces copy some sysctls from the machine: set those that the test relies on.
 *
 * @module
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { test } from 'vitest';
import { findLab } from '../../src/lab/find.ts';
import type { Fault, Lab } from '../../src/lab/schema.ts';
import { bringUp, breakLab as injectFault, type LabWork } from '../../src/lab/up.ts';
import type { Argv, RunOptions, RunResult } from '../../src/system/run.ts';
import { PrivateWorld } from '../../src/system/world.ts';

/** The built nsdiag. */
export const BIN = fileURLToPath(new URL('../../bin/nsdiag.js', import.meta.url));

/** Why live tests cannot run here; `undefined` when they can. */
const liveObstacle: string | undefined =
  process.geteuid?.() === 0 ? undefined : 'live tests make network namespaces, which needs root';

/** `test`, skipped with the reason where namespaces cannot be made. */
export const liveTest = test.extend<{ live: undefined }>({
  live: [
    async ({ skip }, use) => {
      skip(liveObstacle !== undefined, liveObstacle);
      await use(undefined);
    },
    { auto: true },
  ],
});

/** A program left running in a world; it ends with the world at the latest. */
export class Background {
  readonly #entry: ChildProcess;
  readonly #said: string[] = [];
  /** Its exit code; `null` when a signal ended it. */
  readonly exited: Promise<number | null>;

  constructor(argv: Argv) {
    const [program, ...args] = argv;
    const entry = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [entry.stdout, entry.stderr]) stream.on('data', (chunk) => this.#said.push(String(chunk)));
    this.#entry = entry;
    this.exited = once(entry, 'close').then(([code]) => code as number | null);
  }

  /** What it has written so far, stdout and stderr together. */
  get output(): string {
    return this.#said.join('');
  }

  /** Wait until it has written something that matches. */
  async said(pattern: RegExp, timeoutMs = 10_000): Promise<void> {
    await until(() => pattern.test(this.output), `${pattern} in ${JSON.stringify(this.output)}`, timeoutMs);
  }

  /** Send a signal to the program itself (not to the nsenter that waits for it outside). */
  signal(signal: NodeJS.Signals): void {
    process.kill(this.#pid, signal);
  }

  /** Send it to the program's whole process group, as Ctrl-C does and timeout(1): of one that was started by setsid(1). */
  signalGroup(signal: NodeJS.Signals): void {
    process.kill(-this.#pid, signal);
  }

  /** End it. Through the program: were the nsenter killed, a zombie would keep the world until init reaps it. */
  async stop(): Promise<void> {
    if (this.#entry.exitCode === null && this.#entry.signalCode === null) this.signal('SIGKILL');
    await this.exited;
  }

  get #pid(): number {
    const { pid } = this.#entry;
    const child = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
    return child === '' ? Number(pid) : Number(child);
  }
}

/** Wait for a condition, looking every 10 ms; throws with what was awaited when it does not come. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  awaited: string,
  timeoutMs = 10_000,
): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`waited ${timeoutMs} ms in vain for ${awaited}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** A private world for one test. Close it, or use `inWorld`. */
export class World {
  readonly #world: PrivateWorld;
  readonly isPrivate = true;
  /** The process that keeps the world, as numbered outside: `/proc/PID/ns/net` is the world's network. */
  readonly pid: number;
  /** Where the world's files are seen from the test. */
  readonly root: string;
  readonly network: string;

  private constructor(world: PrivateWorld) {
    this.#world = world;
    this.pid = world.pid;
    this.root = world.root;
    this.network = world.network;
  }

  static async open(): Promise<World> {
    return new World(await PrivateWorld.open());
  }

  /** Run a program in the world; what it did is an answer, whatever it was. */
  run(argv: Argv, options?: RunOptions): Promise<RunResult> {
    return this.#world.run(argv, options);
  }

  /** Run a shell script of the test's own in the world; throws with its stderr at the first command that fails. */
  async sh(script: string): Promise<string> {
    const result = await this.run(['sh', '-euc', script]);
    if (result.exitCode !== 0) throw new Error(`exit ${result.exitCode} of:\n${script}\n${result.stderr}`);
    return result.stdout;
  }

  /** Run the built nsdiag (`npm run build` first) in the world. */
  nsdiag(args: readonly string[], options?: RunOptions): Promise<RunResult> {
    return this.run([process.execPath, BIN, ...args], options);
  }

  /** Leave a program running in the world until it is stopped or the world closes. */
  start(argv: Argv): Background {
    return new Background(this.#world.argv(argv));
  }

  close(): Promise<void> {
    return this.#world.close();
  }
}

/** Open a world for one test and close it whatever happens. */
export async function inWorld<T>(body: (world: World) => Promise<T>): Promise<T> {
  const world = await World.open();
  try {
    return await body(world);
  } finally {
    await world.close();
  }
}

/** Bring up a shipped lab, from the sources, in a world. */
export async function buildLab(world: World, name: string): Promise<Lab> {
  const found = findLab(name);
  await bringUp(found, labWork(world));
  return found.lab;
}

/** Inject a fault into a lab that `buildLab` brought up. */
export async function breakLab(world: World, lab: string, fault: string): Promise<Fault> {
  return injectFault(lab, fault, labWork(world));
}

function labWork(world: World): LabWork {
  return { machine: world, say: () => {}, signal: new AbortController().signal };
}
