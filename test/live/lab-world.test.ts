/** The private world itself: what it hides, and that it goes. */

import { readdirSync, readlinkSync } from 'node:fs';
import { expect } from 'vitest';
import { run } from '../../src/system/run.ts';
import { inWorld, liveTest, until, World } from '../helpers/world.ts';

/** Network namespaces that any process of the machine holds. */
function heldNetworks(): Set<string> {
  const held = new Set<string>();
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      held.add(readlinkSync(`/proc/${pid}/ns/net`));
    } catch {
      // It ended while we looked.
    }
  }
  return held;
}

liveTest('a world sees only its own links, namespaces and processes', async () => {
  await inWorld(async (world) => {
    expect(await world.sh('ls /sys/class/net; ls /proc/sys/net/ipv4/conf | grep -vxE "all|default"')).toBe('lo\nlo\n');
    await world.sh('ip netns add only-here');
    expect(await world.sh('ip netns list')).toBe('only-here\n');
    expect((await run(['ip', 'netns', 'list'])).stdout).not.toContain('only-here');
    expect((await world.sh('ls -d /proc/[0-9]* | wc -l')).trim()).toMatch(/^\d$/);
  });
});

liveTest('two worlds at once hold namespaces and devices of the same name', async () => {
  await inWorld(async (one) => {
    await inWorld(async (other) => {
      for (const world of [one, other]) {
        await world.sh('ip netns add ns1; ip link add dev v0 type veth peer name v1 netns ns1');
      }
      await one.sh('ip netns del ns1');
      expect(await other.sh('ip netns list')).toMatch(/^ns1/);
    });
  });
});

liveTest('World.close() removes the world with what still runs in it', async () => {
  const world = await World.open();
  const network = readlinkSync(`/proc/${world.pid}/ns/net`);
  const sleeper = world.start(['sh', '-c', 'echo running; sleep 600; echo woke']);
  await sleeper.said(/running/);
  expect(heldNetworks()).toContain(network);
  await world.close();
  await sleeper.exited;
  expect(heldNetworks()).not.toContain(network);
});

liveTest('World.sh() throws with the stderr of the command that failed', async () => {
  await inWorld(async (world) => {
    await expect(world.sh('ip link set dev nowhere up; echo not reached')).rejects.toThrow(/Cannot find device/);
  });
});

liveTest('Background.stop() ends the program inside, Background.signal() reaches it', async () => {
  await inWorld(async (world) => {
    const sleepers = async (): Promise<number> =>
      Number(await world.sh('cat /proc/[0-9]*/stat | grep -c "(sleep) [^Z]" || :'));
    const stopped = world.start(['sleep', '600']);
    const signalled = world.start(['sh', '-c', 'trap "echo heard; exit 7" INT; echo ready; while :; do :; done']);
    await signalled.said(/ready/);
    await until(async () => (await sleepers()) === 1, 'the sleeper');
    await stopped.stop();
    await until(async () => (await sleepers()) === 0, 'the sleeper to end');
    signalled.signal('SIGINT');
    expect(await signalled.exited).toBe(7);
    expect(signalled.output).toContain('heard');
  });
});
