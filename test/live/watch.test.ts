/** `nsdiag watch` on a lab that is broken and repaired under its eyes, and what it leaves behind. */

import { expect } from 'vitest';
import type { WatchLine } from '../../src/report/watch-json.ts';
import { buildLab, inWorld, liveTest, until, type World } from '../helpers/world.ts';

/** Do something, and wait for the line that tells of it. */
function watching(world: World, words: readonly string[]) {
  const watch = world.start([process.execPath, 'bin/nsdiag.js', 'watch', '--json', ...words]);
  const lines = () =>
    watch.output
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as WatchLine);
  const after = async (command: string, awaited: (line: WatchLine) => boolean): Promise<WatchLine> => {
    const known = lines().length;
    await world.sh(command);
    await until(() => lines().slice(known).some(awaited), `a line after "${command}" in ${watch.output}`, 20_000);
    const line = lines().slice(known).find(awaited);
    if (line === undefined) throw new Error('it was there');
    return line;
  };
  return { watch, lines, after };
}

const broke = ({ event }: WatchLine) => event === 'broke';
const healed = ({ event }: WatchLine) => event === 'healed';
/** A device that has just come up may get its link-local address in the same moment. */
const texts = ({ changes }: WatchLine) => changes.map(({ text }) => text);
const codes = ({ answer }: WatchLine) => answer?.causes.map(({ code }) => code);

liveTest(
  'watch names the change that broke it and the one that healed it, and ends as it stood, with nothing left',
  async () => {
    await inWorld(async (world) => {
      await buildLab(world, 'router-chain');
      const processes = async () => (await world.sh('ls /proc | grep -c "^[0-9]"')).trim();
      const atFirst = await processes();
      const { watch, lines, after } = watching(world, ['h1', 'h2']);
      await until(() => lines().some(({ verdict }) => verdict === 'reachable'), `an answer in ${watch.output}`, 20_000);

      const route = await after('ip -n r2 route del 10.3.0.0/24', broke);
      expect(texts(route)).toContain('route 10.3.0.0/24 via 10.23.0.3 dev to-r3 deleted in r2');
      expect(codes(route)).toEqual(['no-route']);
      const back = await after('ip -n r2 route add 10.3.0.0/24 via 10.23.0.3', healed);
      expect(texts(back)).toContain('route 10.3.0.0/24 via 10.23.0.3 dev to-r3 added in r2');

      const rule = await after(
        `ip netns exec r1 nft 'add table ip w; add chain ip w f { type filter hook forward priority 0; policy drop; }'`,
        broke,
      );
      expect(texts(rule).join()).toContain('table ip w added in r1 (nft), with policy drop in f');
      await after('ip netns exec r1 nft delete table ip w', healed);

      const gone = await after('ip netns del h1', ({ answer }) => answer === null);
      expect(texts(gone)).toContain('namespace h1 vanished');
      // Nobody keeps it: the other end of its wire goes with it.
      await until(async () => !(await world.sh('ip -n r1 -o link')).includes(' to-h1@'), 'the wire of h1 gone');

      watch.signal('SIGINT');
      expect(await watch.exited).toBe(2);
      await until(async () => (await processes()) === atFirst, 'no process more than before');
    });
  },
);

liveTest('watch finds now and then what the kernel tells nobody, and dies with all its children', async () => {
  await inWorld(async (world) => {
    await buildLab(world, 'veth-pair');
    const { watch, lines, after } = watching(world, ['ns1', 'ns2', '--every', '1']);
    await until(() => lines().some(({ verdict }) => verdict === 'reachable'), `an answer in ${watch.output}`, 20_000);

    const line = await after('ip netns exec ns2 sysctl -qw net.ipv4.icmp_echo_ignore_all=1', broke);
    expect(texts(line)).toContain('sysctl net/ipv4/icmp_echo_ignore_all 0 -> 1 in ns2');
    expect(codes(line)).toEqual(['icmp-ignored']);

    watch.signal('SIGKILL');
    await watch.exited;
    const monitors = async () =>
      (await world.run(['sh', '-c', 'cat /proc/[0-9]*/cmdline | tr "\\0" " " | grep -c "[m]onitor"'])).stdout.trim();
    await until(async () => (await monitors()) === '0', 'no monitor left');
  });
});
