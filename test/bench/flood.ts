/**
 * What a flood costs `nsdiag capture`: small datagrams through a router, seen at four places of three namespaces, all of them
 * followed and written to one file; and beside it a plain `tcpdump -w` at each of the four places.
 *
 * Time is that of the processor, of the flood alone: what starting takes is not in it, what V8 compiles is. The tcpdumps of
 * nsdiag hand on every packet at once, which is why they take more than the plain ones.
 *
 * @module
 */

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Argv } from '../../src/system/run.ts';

/** Or why it was not measured. */
export type FloodCost =
  | {
      readonly packets: number;
      readonly perSecond: number;
      /** Sightings, of four a packet. */
      readonly lost: number;
      readonly lostByPlain: number;
      readonly ownSeconds: number;
      readonly tcpdumpSeconds: number;
      readonly plainSeconds: number;
      /** Resident, in the middle of the flood and after it. */
      readonly middleMegabytes: number;
      readonly endMegabytes: number;
    }
  | string;

const PACKETS = 150_000;
const PER_SECOND = 25_000;
const PLACES = [
  ['flood1', 'f1'],
  ['flood2', 'f2'],
  ['flood2', 'f3'],
  ['flood3', 'f4'],
] as const;
/** What is still under way is read, and the counters of processes have caught up. */
const SETTLE_MS = 1_500;
const START_MS = 20_000;
const TICKS_A_SECOND = 100;

/** flood1 --- flood2 --- flood3; whatever else would be heard is switched off. */
const ROUTED = `
  for n in 1 2 3; do
    ip netns add flood$n
    ip -n flood$n link set dev lo up
    ip netns exec flood$n sysctl -qw net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0 \\
      net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1 net.ipv4.ip_forward=1
  done
  ip link add dev f1 netns flood1 type veth peer name f2 netns flood2
  ip link add dev f3 netns flood2 type veth peer name f4 netns flood3
  join() { ip -n $1 addr add $3 dev $2; ip -n $1 link set dev $2 up; }
  join flood1 f1 10.91.1.2/24; join flood2 f2 10.91.1.1/24; join flood2 f3 10.91.2.1/24; join flood3 f4 10.91.2.2/24
  ip -n flood1 route add default via 10.91.1.1
  ip -n flood3 route add default via 10.91.2.1
  until ip netns exec flood1 ping -c1 -W1 10.91.2.2 >/dev/null; do :; done
`;

/** Takes what it has no room for as well, so that nobody answers that there is no such port. */
const SINK = 'socket(S,PF_INET,SOCK_DGRAM,17);bind(S,sockaddr_in(9,INADDR_ANY));sleep 600';

/** Numbered datagrams at an even rate, as far as sleeping is exact. */
const SENDER = `
  socket(S, PF_INET, SOCK_DGRAM, 17); connect(S, sockaddr_in(9, inet_aton("10.91.2.2"))); my $begin = time;
  for (my $i = 0; $i < ${PACKETS}; $i++) {
    send(S, pack("N", $i) . ("x" x 60), 0);
    next if $i % 25;
    my $early = $begin + $i / ${PER_SECOND} - time;
    sleep($early) if $early > 0.0005;
  }
`;

/** In the world that the bench runs in; what is built goes with it. */
export async function measureFlood(nsdiag: Argv): Promise<FloodCost> {
  const built = spawnSync('sh', ['-euc', ROUTED], { encoding: 'utf8' });
  if (built.status !== 0) return `exit ${built.status} of the three namespaces: ${built.stderr}`;
  const folder = mkdtempSync(join(tmpdir(), 'nsdiag-bench-'));
  const sink = spawn('ip', ['netns', 'exec', 'flood3', 'perl', '-MSocket', '-e', SINK], { stdio: 'ignore' });
  try {
    const plain = await plainCost(folder);
    return typeof plain === 'string' ? plain : await captureCost(nsdiag, folder, plain);
  } finally {
    sink.kill();
    rmSync(folder, { recursive: true });
  }
}

interface PlainCost {
  readonly plainSeconds: number;
  readonly lostByPlain: number;
}

async function plainCost(folder: string): Promise<PlainCost | string> {
  const started = PLACES.map(([netns, device]) => {
    const tcpdump = ['tcpdump', '-i', device, '-n', '-Z', 'root', '-s', '200', '-w', join(folder, device)];
    return new Listening(['ip', 'netns', 'exec', netns, ...tcpdump]);
  });
  for (const each of started) if (!(await each.listens())) return `tcpdump does not listen: ${each.stderr}`;
  const before = started.map(({ pid }) => cpuSeconds(pid));
  await flood();
  await sleep(SETTLE_MS);
  const plainSeconds = sum(started.map(({ pid }) => cpuSeconds(pid))) - sum(before);
  await Promise.all(started.map((each) => each.end()));
  const lostByPlain = sum(started.map(({ stderr }) => Number(/(\d+) packets dropped by kernel/.exec(stderr)?.[1])));
  return { plainSeconds, lostByPlain };
}

async function captureCost([program, ...args]: Argv, folder: string, plain: PlainCost): Promise<FloodCost> {
  const file = join(folder, 'all.pcapng');
  const ours = new Listening([program, ...args, 'capture', 'flood1', 'flood2', 'flood3', '-w', file]);
  if (!(await ours.listens())) return `nsdiag capture does not listen: ${ours.stderr}`;
  const tcpdumps = childrenOf(ours.pid);
  const [own, theirs] = [cpuSeconds(ours.pid), sum(tcpdumps.map(cpuSeconds))];
  let middleMegabytes = Number.NaN;
  const middle = setTimeout(
    () => {
      middleMegabytes = residentMegabytes(ours.pid);
    },
    (PACKETS / PER_SECOND) * 500,
  );
  await flood();
  clearTimeout(middle);
  await sleep(SETTLE_MS);
  const ownSeconds = cpuSeconds(ours.pid) - own;
  const tcpdumpSeconds = sum(tcpdumps.map(cpuSeconds)) - theirs;
  const endMegabytes = residentMegabytes(ours.pid);
  await ours.end();
  const seen = Number(/Looked +(\d+) sightings/.exec(ours.stdout)?.[1]);
  if (Number.isNaN(seen)) return `nsdiag capture does not say what it saw: ${ours.stdout}${ours.stderr}`;
  const lost = Math.max(0, PACKETS * PLACES.length - seen);
  const cost = { ownSeconds, tcpdumpSeconds, middleMegabytes, endMegabytes, lost };
  return { packets: PACKETS, perSecond: PER_SECOND, ...cost, ...plain };
}

/** A process that says on its standard error that it listens. */
class Listening {
  stdout = '';
  stderr = '';
  readonly #process: ChildProcess;

  constructor([program = '', ...args]: readonly string[]) {
    this.#process = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#process.stdout?.on('data', (text) => {
      this.stdout += text;
    });
    this.#process.stderr?.on('data', (text) => {
      this.stderr += text;
    });
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  /** @returns Whether it does, in the end. */
  async listens(): Promise<boolean> {
    const deadline = performance.now() + START_MS;
    while (!/listening/i.test(this.stderr)) {
      if (this.#process.exitCode !== null || performance.now() > deadline) return false;
      await sleep(10);
    }
    return true;
  }

  async end(): Promise<void> {
    const closed = once(this.#process, 'close');
    this.#process.kill('SIGINT');
    await closed;
  }
}

async function flood(): Promise<void> {
  const perl = ['perl', '-MSocket', '-MTime::HiRes=time,sleep', '-e', SENDER];
  await once(spawn('ip', ['netns', 'exec', 'flood1', ...perl], { stdio: 'inherit' }), 'close');
}

/** User and system: fields 14 and 15 of proc_pid_stat(5), behind the name, which may hold anything. */
function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND;
}

function childrenOf(pid: number): readonly number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').trim().split(' ').map(Number);
}

function residentMegabytes(pid: number): number {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]) / 1024;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
