/**
 * The kernel's judgement on one diagnosis: is the verdict ping's, is the cause one that was injected, does the printed
 * fix repair it?
 *
 * @module
 */

import { setTimeout } from 'node:timers/promises';
import type { Argv } from '../../src/system/run.ts';
import { PrivateWorld } from '../../src/system/world.ts';
import type { Fault } from './faults.ts';
import { buildScript, type Network, SERVICE_PORT } from './network.ts';

// npm and vitest both start at the top of the checkout.
const NSDIAG: Argv = [process.execPath, 'bin/nsdiag.js'];

/** How one network with its faults was answered. */
export interface Judgement {
  readonly works: boolean;
  readonly verdictRight: boolean;
  /** `code netns`, as named by nsdiag. */
  readonly causes: readonly string[];
  /** Every cause was injected, and at least one is named; for a healthy network: none is named. */
  readonly causesRight: boolean;
  /** After every printed command it works; `undefined` when it worked before. */
  readonly repaired: boolean | undefined;
  readonly commands: number;
  readonly notes: readonly string[];
  /** What to type to see it again. */
  readonly rebuild: readonly string[];
}

interface WhyDocument {
  readonly verdict: string;
  readonly causes: readonly {
    readonly code: string;
    readonly netns: string;
    readonly fix: readonly { readonly argv: [string, ...string[]] }[];
  }[];
  readonly notes: readonly string[];
}

/** Build it in a world of its own, break it, ask, repair, ask the kernel. */
export async function judge(network: Network, faults: readonly Fault[]): Promise<Judgement> {
  const world = await PrivateWorld.open();
  try {
    return await judgeIn(world, network, faults);
  } finally {
    await world.close();
  }
}

async function judgeIn(world: PrivateWorld, network: Network, faults: readonly Fault[]): Promise<Judgement> {
  const rebuild = [...buildScript(network), ...faults.flatMap(({ commands }) => commands)];
  const built = await world.run(['sh', '-euc', rebuild.join('\n')]);
  if (built.exitCode !== 0) throw new Error(`cannot build:\n${rebuild.join('\n')}\n${built.stderr}`);
  if (network.proto === 'tcp') await listening(world, network);
  const works = await reaches(world, network);
  const ask = network.proto === 'tcp' ? ['--proto', 'tcp', '--port', String(SERVICE_PORT)] : [];
  const { stdout, stderr } = await world.run([...NSDIAG, 'why', network.from, network.to, ...ask, '--json']);
  const report = parse(stdout, stderr);
  const causes = report.causes.map(({ code, netns }) => `${code} ${netns}`);
  const injected = new Set(faults.flatMap(({ named }) => named));
  const argvs = report.causes.flatMap(({ fix }) => fix.map(({ argv }) => argv));
  for (const argv of works ? [] : argvs) await world.run(argv);
  return {
    works,
    verdictRight: report.verdict === (works ? 'reachable' : 'unreachable'),
    causes,
    causesRight: works ? causes.length === 0 : causes.length > 0 && causes.every((cause) => injected.has(cause)),
    repaired: works ? undefined : await reaches(world, network, ATTEMPTS_AFTER_A_FIX),
    commands: argvs.length,
    notes: report.notes,
    rebuild,
  };
}

function parse(stdout: string, stderr: string): WhyDocument {
  try {
    return JSON.parse(stdout) as WhyDocument;
  } catch {
    throw new Error(`why --json printed no document: ${stdout.slice(0, 200)} ${stderr.slice(0, 2000)}`);
  }
}

async function listening(world: PrivateWorld, { target }: Network): Promise<void> {
  for (;;) {
    const { stdout } = await world.run(['ip', 'netns', 'exec', target, 'ss', '-Hnlt', `sport = :${SERVICE_PORT}`]);
    if (stdout !== '') return;
  }
}

/** A port that has just come up forwards after up to a second (linkwatch), and the first ARP entry may be pending. */
const ATTEMPTS_AFTER_A_FIX = 4;

/** The kernel's own word. */
async function reaches(world: PrivateWorld, { from, to, proto }: Network, attempts = 2): Promise<boolean> {
  const enter = ['ip', 'netns', 'exec', from] as const;
  const ask: Argv =
    proto === 'icmp'
      ? [...enter, 'ping', '-n', '-c1', '-W1', to]
      : [...enter, 'nc', '-z', '-w1', to, String(SERVICE_PORT)];
  for (let attempt = 1; attempt <= attempts; attempt++) {
    if ((await world.run(ask)).exitCode === 0) return true;
    if (attempt < attempts) await setTimeout(500);
  }
  return false;
}
