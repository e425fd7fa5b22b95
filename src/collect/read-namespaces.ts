/**
 * Runs the scripts: in every namespace where that is possible, in our own where it is not.
 *
 * Everything happens in a mount and a PID namespace of its own, which end with the child, and that ends with us: the
 * kernel delivers the parent-death signal, kill -9 included. Nothing is written outside of it.
 *
 * Source: unshare(1), setpriv(1), nsenter(1). Seen in test/live/collect.test.ts.
 *
 * @module
 */

import { randomBytes } from 'node:crypto';
import { Failure } from '../system/failure.ts';
import { type Argv, type RunResult, run } from '../system/run.ts';
import type { FoundNamespace } from './discover.ts';
import { parseFrames, type ReadNamespace } from './frames.ts';
import { ALL_SCRIPT, NAMESPACE_SCRIPT } from './script.ts';

/** What was read, where. */
export interface Readings {
  readonly of: ReadonlyMap<FoundNamespace, ReadNamespace>;
  /** Which namespace `ip netns list-id` means by a name. */
  readonly byLink: ReadonlyMap<string, FoundNamespace>;
  /** Why only our own namespace was read; `undefined` when all of them were tried. */
  readonly obstacle: string | undefined;
}

/** A hundred namespaces take two seconds; what takes this long waits for a lock, and would wait for ever. */
const TIMEOUT_MS = 120_000;

/** Half of what V8 holds in one string. */
const MOST_BYTES = 256 * 1024 * 1024;

/** Reading is work for the kernel: more at a time only make the machine stutter, and fewer leave a core idle at the end. */
const MOST_WORKERS = 4;

const WITH_US: Argv = ['setpriv', '--pdeathsig', 'KILL'];
const ASIDE = ['unshare', '--mount', '--pid', '--fork', '--kill-child', '--propagation', 'private'];

/** @param namespaces Our own first. */
export async function readNamespaces(
  namespaces: readonly FoundNamespace[],
  signal: AbortSignal | undefined,
): Promise<Readings> {
  if (process.geteuid?.() !== 0) return readOwn(namespaces, 'it takes root to enter it', signal);
  // By their own names where they have one, so that one `ln` makes all their links.
  const isLinkedByName = ({ entry }: FoundNamespace) => entry.kind === 'named' && !entry.name.startsWith(':');
  const unnamed = namespaces.filter((namespace) => !isLinkedByName(namespace));
  const order = [...unnamed, ...namespaces.filter(isLinkedByName)];
  const mark = newMark();
  const workers = Math.min(MOST_WORKERS, order.length);
  const numbers = [process.pid, workers, unnamed.length].map(String);
  const script = ['sh', '-c', ALL_SCRIPT, 'sh', mark, NAMESPACE_SCRIPT, ...numbers];
  const result = await runScript([...WITH_US, ...ASIDE, ...script, ...order.map(fileFromAside)], signal);
  const read = parseFrames(result.stdout, mark);
  if (read.size === 0) return readOwn(namespaces, whyNothing(result), signal);
  return {
    of: new Map(order.flatMap((namespace, index) => pairedWith(namespace, read.get(index)))),
    byLink: new Map(
      order.map((namespace, index) => [index < unnamed.length ? `:${index}` : namespace.name, namespace]),
    ),
    obstacle: undefined,
  };
}

/** Our own namespace can be read by anybody, but for its firewall. */
async function readOwn(
  namespaces: readonly FoundNamespace[],
  obstacle: string,
  signal: AbortSignal | undefined,
): Promise<Readings> {
  const mark = newMark();
  const script: Argv = ['sh', '-c', NAMESPACE_SCRIPT, 'sh', mark];
  const guarded = await runScript([...WITH_US, ...script], signal);
  const result = guarded.missing ? await runScript(script, signal) : guarded;
  const [own] = namespaces;
  const read = parseFrames(result.stdout, mark).get(0);
  if (own === undefined || read === undefined) {
    throw new Failure('command-failed', `Cannot read this namespace: ${whyNothing(result)}`, undefined, result.stderr);
  }
  const named = namespaces.filter(({ entry }) => entry.kind === 'named');
  return { of: new Map([[own, read]]), byLink: new Map(named.map((each) => [each.name, each])), obstacle };
}

async function runScript(argv: Argv, signal: AbortSignal | undefined): Promise<RunResult> {
  const result = await run(argv, {
    encoding: 'latin1',
    timeoutMs: TIMEOUT_MS,
    maxOutputBytes: MOST_BYTES,
    // unshare holds SIGTERM back while its child runs.
    killSignal: 'SIGKILL',
    ...(signal === undefined ? {} : { signal }),
  });
  signal?.throwIfAborted();
  if (result.timedOut) {
    throw new Failure('command-failed', `Cannot read the namespaces: still reading after ${TIMEOUT_MS / 1000} s`);
  }
  if (result.stdout.length >= MOST_BYTES) {
    const limit = `${MOST_BYTES / 1024 / 1024} MiB`;
    throw new Failure('command-failed', `Cannot read the namespaces: there is more than ${limit} to read`);
  }
  return result;
}

/** Nobody can print this by accident, and nobody beforehand. */
function newMark(): string {
  return randomBytes(16).toString('hex');
}

/** Where /run is covered, what was there is reached through a process that still sees it. */
function fileFromAside({ entry, file }: FoundNamespace): string {
  return entry.kind === 'named' || entry.kind === 'path' ? `/proc/${process.pid}/root${file}` : file;
}

function pairedWith(
  namespace: FoundNamespace,
  read: ReadNamespace | undefined,
): readonly (readonly [FoundNamespace, ReadNamespace])[] {
  return read === undefined ? [] : [[namespace, read]];
}

function whyNothing({ missing, argv, stderr, exitCode }: RunResult): string {
  if (missing) return `${argv[0]} is not installed`;
  return stderr.trim().split('\n', 1)[0] || `the reading ended with exit code ${exitCode}`;
}
