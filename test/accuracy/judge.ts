/**
 * The kernel's judgement on one diagnosis: is the verdict that of ping or connect, is the cause one that was injected,
 * was the packet last seen where tcpdump saw it, does the printed fix repair it?
 *
 * The network must work before it is broken: one that does not is a mistake of the generator, and an error here.
 *
 * @module
 */

import { setTimeout } from 'node:timers/promises';
import type { Argv } from '../../src/system/run.ts';
import { PrivateWorld } from '../../src/system/world.ts';
import { type Case, prepare } from './cases.ts';
import type { Fault } from './fault.ts';
import { buildScript, type Network, SERVICE_PORT } from './network.ts';
import { lastPlace, type Place, watchScript } from './watch.ts';

// npm and vitest both start at the top of the checkout.
const NSDIAG: Argv = [process.execPath, 'bin/nsdiag.js'];

/** How one network with its faults was answered. */
export interface Judgement {
  /** It still works, with all that was done to it. */
  readonly works: boolean;
  readonly verdictRight: boolean;
  /** `code netns`, as named by nsdiag. */
  readonly causes: readonly string[];
  /** Every cause was injected, and at least one is named; for a network that works: none is named. */
  readonly causesRight: boolean;
  /** The wire's last place is that of the judge's own tcpdumps; `undefined` when it works. */
  readonly placeRight: boolean | undefined;
  readonly places: { readonly nsdiag: string; readonly tcpdump: string };
  /** After every printed command it works; `undefined` when it worked before, or when nothing could be run for it. */
  readonly repaired: boolean | undefined;
  /** As printed, in order. */
  readonly fixes: readonly string[];
  readonly notes: readonly string[];
}

interface WhyDocument {
  readonly verdict: string;
  readonly causes: readonly {
    readonly code: string;
    readonly netns: string;
    readonly fix: readonly { readonly argv: [string, ...string[]] }[];
  }[];
  readonly wire: { readonly lastSeen: Place | null } | null;
  readonly notes: readonly string[];
}

/** Build it in a world of its own, break it, ask, repair, ask the kernel. */
export async function judge(tried: Case): Promise<Judgement> {
  const world = await PrivateWorld.open();
  try {
    return await judgeIn(world, tried);
  } finally {
    await world.close();
  }
}

/** Whether nothing is to be held against nsdiag. */
export function isRight({ verdictRight, causesRight, placeRight, repaired }: Judgement): boolean {
  return verdictRight && causesRight && placeRight !== false && repaired !== false;
}

/** What nsdiag is asked about the network. */
export function whyArguments({ from, to, proto, payloadBytes }: Network): readonly string[] {
  const size = payloadBytes === undefined ? [] : ['--size', String(payloadBytes)];
  return ['why', from, to, ...(proto === 'icmp' ? size : ['--proto', proto, '--port', String(SERVICE_PORT)])];
}

async function judgeIn(world: PrivateWorld, tried: Case): Promise<Judgement> {
  const { network, oddCommands, faults } = prepare(tried);
  await shell(world, [...buildScript(network), ...oddCommands]);
  if (!(await reachesWithin(world, network, SETTLING_MS))) throw new Error('it does not work before it is broken');
  await shell(world, [...faults.flatMap(({ commands }) => commands), ...forgetting(network, faults)]);

  const watched = await world.run(['sh', '-uc', watchScript(network, attempt(network))]);
  await shell(world, forgetting(network, faults));
  const { stdout, stderr } = await world.run([...NSDIAG, ...whyArguments(network), '--json']);
  const report = parse(stdout, stderr);
  const said = report.verdict === 'reachable';
  // A loaded machine can miss a deadline: where the two differ, the kernel is asked again.
  const works = watched.exitCode === 0 || (said && (await reachesWithin(world, network, 3 * ATTEMPT_MS)));

  const causes = report.causes.map(({ code, netns }) => `${code} ${netns}`);
  const injected = new Set(faults.flatMap(({ named }) => named));
  const argvs = report.causes.flatMap(({ fix }) => fix.map(({ argv }) => argv));
  for (const argv of works ? [] : argvs) await world.run(argv);
  const places = {
    nsdiag: placeText(report.wire?.lastSeen ?? undefined),
    tcpdump: placeText(lastPlace(network, watched.stdout)),
  };
  const isRepairable = faults.every((fault) => fault.isRepairable);
  return {
    works,
    verdictRight: report.verdict === (works ? 'reachable' : 'unreachable'),
    causes,
    causesRight: works ? causes.length === 0 : causes.length > 0 && causes.every((cause) => injected.has(cause)),
    placeRight: works ? undefined : places.nsdiag === places.tcpdump,
    places,
    repaired: works || !isRepairable ? undefined : await reachesWithin(world, network, REPAIRED_MS),
    fixes: argvs.map((argv) => argv.join(' ')),
    notes: report.notes,
  };
}

/** Run commands as a person would type them; what runs in the background stays. */
async function shell(world: PrivateWorld, lines: readonly string[]): Promise<void> {
  const { exitCode, stderr } = await world.run(['sh', '-euc', lines.join('\n')]);
  if (exitCode !== 0) throw new Error(`its commands ended with ${exitCode}: ${stderr.trim()}`);
}

/** What was learned while it worked is forgotten, as it is some minutes later. */
function forgetting({ nodes }: Network, faults: readonly Fault[]): readonly string[] {
  if (faults.length === 0) return [];
  return nodes.flatMap(({ name, bridges = [], devices }) => [
    `ip -n ${name} neigh flush all 2>/dev/null || :`,
    `ip -n ${name} -4 route flush cache; ip -n ${name} -6 route flush cache`,
    ...[...bridges, ...devices.filter(({ vxlan }) => vxlan !== undefined)].map(
      (device) => `bridge -n ${name} fdb flush dev ${device.name} dynamic 2>/dev/null || :`,
    ),
  ]);
}

function placeText(place: Place | undefined): string {
  return place === undefined ? 'nowhere' : `${place.leg} at ${place.netns} ${place.device}`;
}

function parse(stdout: string, stderr: string): WhyDocument {
  try {
    return JSON.parse(stdout) as WhyDocument;
  } catch {
    throw new Error(`why --json printed no document: ${stdout.slice(0, 200)} ${stderr.slice(0, 2000)}`);
  }
}

/** One asking; what can be answered is answered in a millisecond. */
const ATTEMPT_MS = 1000;
/** A port that has just come up forwards after up to a second (linkwatch), on a loaded machine later. */
const SETTLING_MS = 15_000;
const REPAIRED_MS = 5000;

/** The kernel's own word, as a line of shell: asks for a second, ends at the first answer. */
function attempt({ from, to, proto, payloadBytes }: Network): string {
  const enter = `ip netns exec ${from}`;
  switch (proto) {
    case 'icmp':
      return `${enter} ping -n -c1 -i0.3 -w1 ${payloadBytes === undefined ? '' : `-M do -s ${payloadBytes} `}${to}`;
    case 'tcp':
      return `${enter} nc -z -w1 ${to} ${SERVICE_PORT}`;
    case 'udp':
      return `${enter} perl -MIO::Socket::IP -e '${UDP_CLIENT}' ${to} ${SERVICE_PORT}`;
  }
}

const UDP_CLIENT =
  '$s = IO::Socket::IP->new(PeerHost => $ARGV[0], PeerPort => $ARGV[1], Type => SOCK_DGRAM) or exit 1;' +
  ' for (1 .. 3) { $s->send("hello"); $r = ""; vec($r, fileno($s), 1) = 1; select($r, undef, undef, 0.3) or next; exit(defined $s->recv($m, 9) ? 0 : 1) } exit 1';

/** Ask until it works. */
async function reachesWithin(world: PrivateWorld, network: Network, timeoutMs: number): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    if ((await world.run(['sh', '-c', attempt(network)])).exitCode === 0) return true;
    if (performance.now() > deadline) return false;
    await setTimeout(RETRY_MS);
  }
}

/** An asking that was refused at once is not repeated at once. */
const RETRY_MS = 100;
