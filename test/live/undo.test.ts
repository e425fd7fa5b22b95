/**
 * The undo of a fix, run for real behind it, last command first: the network is again as it was, or the report has said
 * what would stay lost. And what the fix guessed, it calls a guess.
 */

import { expect } from 'vitest';
import type { Argv } from '../../src/system/run.ts';
import { inWorld, liveTest, type World } from '../helpers/world.ts';

interface Command {
  readonly argv: Argv;
  readonly undo: Argv;
  readonly sideEffects: string | null;
}

const PAIR = `
  ip netns add a; ip netns add b
  ip -n a link set dev lo up; ip -n b link set dev lo up
  ip -n a link add dev v type veth peer name w netns b
  ip netns exec a sysctl -qw net.ipv6.conf.all.keep_addr_on_down=0`;

async function fixOf(world: World, ...question: readonly string[]): Promise<readonly Command[]> {
  const { causes } = JSON.parse((await world.nsdiag(['why', ...question, '--no-probe', '--json'])).stdout);
  return causes.flatMap(({ fix }: { fix: readonly Command[] }) => fix);
}

/** Devices with whether they are up, addresses and routes; not what the kernel makes and takes by itself. */
async function state(world: World): Promise<string> {
  const text = await world.sh(`for ns in a b; do
    ip -n $ns -br link | sed -E 's/@\\S+//; s/^(\\S+).*[<,](UP)?[,>].*/\\1 \\2/'
    ip -n $ns -o addr | sed -E 's/^[0-9]+: //; s/@\\S+//; s/valid_lft.*//'
    ip -n $ns route show table all; ip -n $ns -6 route show table all; done`);
  const lines = text.split('\n').filter((line) => !/fe80|ff00/.test(line));
  return lines.map((line) => line.replace(/ linkdown|\s+$/g, '')).join('\n');
}

async function run(world: World, commands: readonly Argv[]): Promise<void> {
  for (const argv of commands) expect(await world.run(argv)).toMatchObject({ exitCode: 0, stderr: '' });
}

liveTest.for([
  [
    'link-up',
    'ip -n a addr add 10.0.0.1/24 dev v; ip -n b addr add 10.0.0.2/24 dev w; ip -n b link set dev w up',
    null,
  ],
  [
    'link-up of a device with an IPv6 address',
    'ip -n a addr add 10.0.0.1/24 dev v; ip -n a addr add fd00::1/64 dev v nodad; ip -n b addr add 10.0.0.2/24 dev w; ip -n b link set dev w up',
    'fd00::1/64',
  ],
  [
    'link-netns, link-up and an address',
    'ip -n a addr add 10.0.0.1/24 dev v; ip -n a link set dev v up; ip -n b link set dev w netns 1',
    null,
  ],
] as const)('the undo of %s brings back all but what was said', async ([, setup, lost], { expect: hold }) => {
  await inWorld(async (world) => {
    await world.sh(`${PAIR}\n${setup}`);
    const before = await state(world);
    const fix = await fixOf(world, 'a', '10.0.0.2');
    hold(fix.length).toBeGreaterThan(0);
    await run(
      world,
      fix.map(({ argv }) => argv),
    );
    hold(await world.run(['ip', 'netns', 'exec', 'a', 'ping', '-n', '-c1', '-W5', '10.0.0.2'])).toMatchObject({
      exitCode: 0,
    });
    await run(world, fix.map(({ undo }) => undo).toReversed());
    const said = fix.map(({ sideEffects }) => sideEffects ?? '').join('\n');
    if (lost === null) {
      hold(await state(world)).toBe(before);
      hold(said).not.toContain('back');
    } else {
      hold(await state(world)).not.toContain(lost);
      hold(said).toContain(lost);
    }
  });
});

liveTest('the undo of a replaced prefix length loses the route that was said to go', async () => {
  await inWorld(async (world) => {
    await world.sh(`${PAIR}
      ip -n a addr add 10.0.0.1/29 dev v; ip -n b addr add 10.0.0.9/24 dev w
      ip -n a link set dev v up; ip -n b link set dev w up
      ip -n a addr add 10.0.0.2/29 dev v
      ip -n a route add 10.5.0.0/24 via 10.0.0.3 src 10.0.0.2`);
    const fix = await fixOf(world, 'a', '10.0.0.9');
    const said = fix.map(({ sideEffects }) => sideEffects ?? '').join('\n');
    await run(
      world,
      fix.map(({ argv }) => argv),
    );
    expect(said).toContain('is a guess');
    const routes = await world.sh('ip -n a route');
    expect(routes.includes('10.5.0.0/24')).toBe(!said.includes('10.5.0.0/24'));
    const addresses = await world.sh('ip -n a -4 addr show dev v');
    expect(addresses.includes('10.0.0.2/29')).toBe(!said.includes('10.0.0.2/29'));
  });
});

liveTest('an address that the fix made up is called a guess, one that was asked for is not', async () => {
  await inWorld(async (world) => {
    await world.sh(`${PAIR}
      ip -n a link set dev v up; ip -n b link set dev w up; ip -n b addr add 10.0.0.2/24 dev w`);
    const own = await fixOf(world, 'a', '10.0.0.2');
    expect(own.map(({ sideEffects }) => sideEffects)).toEqual([
      expect.stringMatching(/is a guess \(free beside 10\.0\.0\.2/),
    ]);
    await world.sh('ip -n a addr add 10.0.0.1/24 dev v; ip -n b addr del 10.0.0.2/24 dev w');
    expect((await fixOf(world, 'a', '10.0.0.2')).map(({ sideEffects }) => sideEffects)).toEqual([null]);
  });
});
