/**
 * How long `nsdiag matrix` takes for all pairs of 100 namespaces from a snapshot: the whole process, reading included.
 *
 * Five routers in a row with nineteen hosts each; the one in the middle does not forward, so that most pairs fail and are
 * explained.
 *
 * @module
 */

import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Argv } from '../../src/system/run.ts';

/** What it took of the processor's time, so that a loaded machine answers like an idle one; or why it was not measured. */
export type MatrixTime = { readonly pairs: number; readonly medianMs: number; readonly minimumMs: number } | string;

const ROUTERS = 5;
const HOSTS_EACH = 19;
const ROUNDS = 3;

/** Runs a command, and prints what it took; the exit code is the command's. */
const TIMED = '"$@" >/dev/null; code=$?; times; exit $code';

/** In the world that the bench runs in; what is built goes with it. */
export function measureMatrix(nsdiag: Argv): MatrixTime {
  const file = join(tmpdir(), `nsdiag-bench-${process.pid}.json`);
  try {
    const built = spawnSync('sh', ['-euc', campus()], { encoding: 'utf8' });
    if (built.status !== 0) return `exit ${built.status} of the campus: ${built.stderr}`;
    const [program, ...args] = nsdiag;
    const snapshot = spawnSync(program, [...args, 'snapshot', '-o', file], { encoding: 'utf8' });
    if (snapshot.status !== 0) return snapshot.stderr;
    const members = numbers(ROUTERS).flatMap((router) => [`r${router}`, ...hostsOf(router)]);
    const samplesMs: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const matrix = [program, ...args, 'matrix', ...members, '--snapshot', file];
      const timed = spawnSync('sh', ['-c', TIMED, 'sh', ...matrix], { encoding: 'utf8' });
      if (timed.status !== 1) return `matrix exited ${timed.status}, not 1: ${timed.stderr}`;
      samplesMs.push(childrensMs(timed.stdout));
    }
    samplesMs.sort((a, b) => a - b);
    const pairs = members.length * (members.length - 1);
    return { pairs, medianMs: samplesMs[ROUNDS >> 1] ?? Number.NaN, minimumMs: samplesMs[0] ?? Number.NaN };
  } finally {
    rmSync(file, { force: true });
  }
}

/** The second line of `times`: user and system time of the children, `0m2.810s 0m0.310s`. */
function childrensMs(text: string): number {
  const [, line = ''] = text.split('\n');
  return [...line.matchAll(/(\d+)m([\d.]+)s/g)].reduce(
    (sum, [, minutes, seconds]) => sum + 60_000 * Number(minutes) + 1000 * Number(seconds),
    0,
  );
}

/** A shell script; most of it in batches, because each `ip` takes a millisecond. */
function campus(): string {
  const routers = numbers(ROUTERS);
  const names = routers.flatMap((router) => [`r${router}`, ...hostsOf(router)]);
  return [
    batch(['ip'], [...names.map((name) => `netns add ${name}`), ...routers.flatMap(wiresOf)]),
    ...routers.map((router) => batch(['ip', '-n', `r${router}`], routerCommands(router))),
    ...routers.flatMap((router) =>
      hostsOf(router).map((name, host) => batch(['ip', '-n', name], hostCommands(router, host))),
    ),
    ...routers.map((router) => `ip netns exec r${router} sysctl -qw net.ipv4.ip_forward=${router === 2 ? 0 : 1}`),
  ].join('\n');
}

function wiresOf(router: number): readonly string[] {
  const toNext = `link add east netns r${router} type veth peer name west netns r${router + 1}`;
  const ports = hostsOf(router).map(
    (name, host) => `link add eth0 netns ${name} type veth peer name p${host} netns r${router}`,
  );
  return router < ROUTERS - 1 ? [toNext, ...ports] : ports;
}

function routerCommands(router: number): readonly string[] {
  const others = numbers(ROUTERS).filter((other) => other !== router);
  return [
    'link add br0 type bridge',
    `addr add 10.${router}.0.1/24 dev br0`,
    'link set dev br0 up',
    ...numbers(HOSTS_EACH).flatMap((host) => [`link set dev p${host} master br0`, `link set dev p${host} up`]),
    ...(router > 0 ? [`addr add 172.16.${router}.2/24 dev west`, 'link set dev west up'] : []),
    ...(router < ROUTERS - 1 ? [`addr add 172.16.${router + 1}.1/24 dev east`, 'link set dev east up'] : []),
    ...others.map((other) => {
      const gateway = other > router ? `172.16.${router + 1}.2` : `172.16.${router}.1`;
      return `route add 10.${other}.0.0/24 via ${gateway}`;
    }),
  ];
}

function hostCommands(router: number, host: number): readonly string[] {
  return [
    `addr add 10.${router}.0.${10 + host}/24 dev eth0`,
    'link set dev eth0 up',
    `route add default via 10.${router}.0.1`,
  ];
}

function batch(ip: readonly string[], commands: readonly string[]): string {
  return [`${ip.join(' ')} -batch - <<'BATCH'`, ...commands, 'BATCH'].join('\n');
}

function hostsOf(router: number): readonly string[] {
  return numbers(HOSTS_EACH).map((host) => `h${router}-${host}`);
}

function numbers(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index);
}
