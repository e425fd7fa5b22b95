/**
 * The programs that a lab leaves running.
 *
 * @module
 */

import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { Failure } from '../system/failure.ts';
import type { Argv } from '../system/run.ts';
import type { Machine } from './machine.ts';
import type { FrameSwitch, Listener } from './schema.ts';

/** A process that is ours, and not a later one with its number. */
export interface LabProcess {
  readonly pid: number;
  readonly startTicks: number;
}

const STARTS_WITHIN_MS = 10_000; // Node itself takes 50 ms; a loaded machine takes its time
const ENDS_WITHIN_MS = 5_000;

/** In a session of its own, so that neither Ctrl-C nor the end of the terminal reaches it; says its number. */
const START = 'setsid "$@" </dev/null >/dev/null 2>&1 & echo $!';

/** Start a program that outlives us. */
export async function startProcess(machine: Machine, argv: Argv): Promise<LabProcess> {
  const { exitCode, stdout, stderr } = await machine.run(['sh', '-c', START, 'start', ...argv]);
  const pid = Number.parseInt(stdout, 10);
  const startTicks = startTicksOf(machine, pid);
  if (exitCode !== 0 || startTicks === undefined) {
    throw new Failure('command-failed', `Cannot start ${argv[0]}: it ended at once`, undefined, stderr);
  }
  return { pid, startTicks };
}

/** Wait until it listens. @throws Failure when it ends instead. */
export async function waitForListener(machine: Machine, process: LabProcess, listener: Listener): Promise<void> {
  const { name, proto, address, port } = listener;
  const isThere = await became(
    () => isListening(machine, process, listener) || !isRunning(machine, process),
    STARTS_WITHIN_MS,
  );
  if (isThere && isRunning(machine, process)) return;
  throw new Failure(
    'command-failed',
    `Cannot start ${name}: it does not listen on ${address} ${proto} ${port}`,
    'The address must be one of its namespace, and the port free',
  );
}

/** Wait until it has a socket on each of its devices. @throws Failure when it ends instead. */
export async function waitForSwitch(machine: Machine, process: LabProcess, started: FrameSwitch): Promise<void> {
  const { name, between } = started;
  // packet(7) sockets, one a line below the heading; the inode is the last word.
  const isCopying = () => {
    const own = socketsOf(`${machine.root}/proc/${process.pid}`);
    const [, ...sockets] = readOrEmpty(`${machine.root}/proc/${process.pid}/net/packet`).trim().split('\n');
    return sockets.filter((line) => own.has(`socket:[${line.split(/\s+/).at(-1)}]`)).length === between.length;
  };
  const isThere = await became(() => isCopying() || !isRunning(machine, process), STARTS_WITHIN_MS);
  if (isThere && isRunning(machine, process)) return;
  throw new Failure(
    'command-failed',
    `Cannot start ${name}: it does not copy frames between ${between.join(' and ')}`,
    'It is written in Perl, and the devices must be there',
  );
}

/** End it. @returns Whether it still ran. */
export async function stopProcess(machine: Machine, process: LabProcess): Promise<boolean> {
  if (!isRunning(machine, process)) return false;
  await machine.run(['sh', '-c', 'kill "$1"', 'kill', String(process.pid)]);
  if (await became(() => !isRunning(machine, process), ENDS_WITHIN_MS)) return true;
  throw new Error(`process ${process.pid} does not end`);
}

/** A process that has ended, but that its parent has not asked about yet (Z), runs no more. */
function isRunning(machine: Machine, { pid, startTicks }: LabProcess): boolean {
  return startTicksOf(machine, pid) === startTicks;
}

/** proc(5): fields 3 (state) and 22 (starttime), counted behind the name, which may hold anything. */
function startTicksOf(machine: Machine, pid: number): number | undefined {
  const stat = readOrEmpty(`${machine.root}/proc/${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' || fields[19] === undefined ? undefined : Number(fields[19]);
}

/**
 * Whether one of the process's own sockets is in the state (0A: TCP listens; 07: UDP not connected) on the port.
 * The tables alone do not tell: until `ip netns exec` has done its work, they are those of another namespace.
 */
function isListening(machine: Machine, { pid }: LabProcess, { proto, port }: Listener): boolean {
  const process = `${machine.root}/proc/${pid}`;
  const own = socketsOf(process);
  const wanted = proto === 'tcp' ? '0A' : '07';
  return [proto, `${proto}6`].some((table) => {
    const [, ...sockets] = readOrEmpty(`${process}/net/${table}`).trim().split('\n');
    return sockets.some((line) => {
      // sl, local_address, rem_address, st, queues, timer, retrnsmt, uid, timeout, inode
      const fields = line.trim().split(/\s+/);
      const localPort = fields[1]?.split(':')[1] ?? '';
      return fields[3] === wanted && Number.parseInt(localPort, 16) === port && own.has(`socket:[${fields[9]}]`);
    });
  });
}

function socketsOf(process: string): ReadonlySet<string> {
  try {
    return new Set(readdirSync(`${process}/fd`).map((fd) => readlinkSync(`${process}/fd/${fd}`)));
  } catch {
    return new Set(); // a descriptor was closed, or the process ended, while we looked
  }
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // the process has gone
  }
}

/** Look every 10 ms whether something has come true. */
async function became(condition: () => boolean, withinMs: number): Promise<boolean> {
  const deadline = performance.now() + withinMs;
  while (!condition()) {
    if (performance.now() > deadline) return false;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return true;
}
