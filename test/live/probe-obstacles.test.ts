/** What a probe does where it cannot do its work: it says so, and leaves nothing. */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, expect, vi } from 'vitest';
import type { Host } from '../../src/host/host.ts';
import { Failure } from '../../src/system/failure.ts';
import { isInstalled } from '../../src/system/installed.ts';
import { hostOfWorld } from '../helpers/live-host.ts';
import { ownChildren } from '../helpers/own-children.ts';
import { probeIn, ROUND_TRIP, ROUTER_WORLD, trail } from '../helpers/probing.ts';
import { inWorld, liveTest, until, type World } from '../helpers/world.ts';

const folders: string[] = [];

afterEach(() => {
  vi.unstubAllEnvs();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

/** A PATH on which there is everything a probe runs, but for these. */
function pathWithout(...missing: readonly string[]): void {
  const folder = mkdtempSync(join(tmpdir(), 'nsdiag-path-'));
  folders.push(folder);
  const there = ['nsenter', 'setpriv', 'ping', 'tcpdump'].filter((program) => !missing.includes(program));
  const places = (process.env['PATH'] ?? '').split(delimiter);
  for (const program of there) {
    const place = places.find((path) => isInstalled(program, path));
    if (place !== undefined) symlinkSync(join(place, program), join(folder, program));
  }
  vi.stubEnv('PATH', folder);
}

liveTest('probe() without tcpdump still asks, and says what it could not watch', async () => {
  await inWorld(async (world) => {
    await world.sh(ROUTER_WORLD);
    const host = await hostOfWorld(world);
    pathWithout('tcpdump');
    const observation = await probeIn(world, { destination: '10.0.2.2', host });
    expect(observation).toMatchObject({ sent: 1, received: 1, watched: [], sightings: [] });
    expect(observation.notes).toEqual([
      'Cannot watch ns1, ns2, ns3: tcpdump is not installed (apt-get install tcpdump)',
    ]);
  });
});

liveTest('probe() without ping says how to get it, and that nothing was sent', async () => {
  await inWorld(async (world) => {
    await world.sh(ROUTER_WORLD);
    const host = await hostOfWorld(world);
    pathWithout('ping');
    const observation = await probeIn(world, { destination: '10.0.2.2', host });
    expect(observation).toMatchObject({ sent: 0, received: 0, errors: [], sightings: [] });
    expect(observation.notes).toEqual(['ping is not installed (apt-get install iputils-ping): nothing was sent']);
  });
});

liveTest('probe() needs no setpriv', async () => {
  await inWorld(async (world) => {
    await world.sh(ROUTER_WORLD);
    const host = await hostOfWorld(world);
    pathWithout('setpriv');
    expect(trail(await probeIn(world, { destination: '10.0.2.2', host }))).toEqual(ROUND_TRIP);
  });
});

/** The host as it was, with one namespace entered by a file that is not there any more. */
function withVanished(host: Host, name: string): Host {
  const namespaces = host.namespaces.map((netns) =>
    netns.name === name ? { ...netns, entry: { kind: 'path', path: '/run/netns/no-such' } as const } : netns,
  );
  return { ...host, namespaces };
}

liveTest('probe() goes on without a namespace that has vanished', async () => {
  await inWorld(async (world) => {
    await world.sh(ROUTER_WORLD);
    const host = await hostOfWorld(world);
    const unwatched = await probeIn(world, { destination: '10.0.2.2', host: withVanished(host, 'ns2') });
    expect(unwatched).toMatchObject({ received: 1, watched: ['ns1', 'ns3'] });
    expect(unwatched.notes).toEqual([
      expect.stringMatching(/^Cannot watch ns2: nsenter: .*No such file or directory$/),
    ]);

    const unsent = await probeIn(world, { destination: '10.0.2.2', host: withVanished(host, 'ns1') });
    expect(unsent).toMatchObject({ sent: 0, received: 0, watched: ['ns2', 'ns3'] });
    expect(unsent.notes).toHaveLength(2);
    expect(unsent.notes[1]).toMatch(/^nsenter: .*No such file or directory$/);

    const tcp = await probeIn(world, {
      destination: '10.0.2.2',
      proto: 'tcp',
      port: 80,
      host: withVanished(host, 'ns1'),
    });
    expect(tcp).toMatchObject({ sent: 0, received: 0, errors: [] });
    expect(tcp.notes[1]).toMatch(/^Nothing was sent: nsenter: .*No such file or directory$/);
  });
});

liveTest('probe() does not count as watched a namespace whose tcpdump was killed', async () => {
  await inWorld(async (world) => {
    await world.sh(ROUTER_WORLD);
    await world.sh('ip -n ns3 route del default via 10.0.2.1');
    const asked = probeIn(world, { destination: '10.0.2.2' });
    // Once there is a ping, all three listen.
    await until(() => ownChildren('ping').length > 0, 'ping');
    const victim = ownChildren('tcpdump').find(({ pid }) => readsNetns(world, pid, 'ns2'));
    process.kill(Number(victim?.pid), 'SIGKILL');
    const observation = await asked;
    expect(observation.watched).toEqual(['ns1', 'ns3']);
    expect(observation.notes).toEqual([
      expect.stringMatching(
        /^Cannot tell all that passed ns2: tcpdump ended with SIGKILL, and said nothing; try: nsenter \S+ tcpdump -i any -c 1$/,
      ),
    ]);
  });
});

function readsNetns(world: World, pid: number, name: string): boolean {
  return statSync(`/proc/${pid}/ns/net`).ino === statSync(`${world.root}/run/netns/${name}`).ino;
}

liveTest('an aborted probe() throws the reason, and leaves no process', async () => {
  await inWorld(async (world) => {
    await world.sh(ROUTER_WORLD);
    await world.sh('ip -n ns3 route del default via 10.0.2.1');
    const host = await hostOfWorld(world);
    const running = () => ['tcpdump', 'ping', 'node', 'nsenter', 'setpriv'].flatMap((name) => ownChildren(name));
    const before = running().length;
    const ways = [{ proto: 'icmp' }, { proto: 'tcp', port: 80 }, { proto: 'udp', port: 53 }] as const;
    for (const way of ways) {
      // At once, while tcpdump starts, and while an answer is awaited.
      for (const afterMs of [0, 5, 20, 100, 400]) {
        const interruption = new AbortController();
        const reason = new Failure('interrupted', `Interrupted after ${afterMs} ms`);
        setTimeout(() => interruption.abort(reason), afterMs);
        const { signal } = interruption;
        await expect(probeIn(world, { destination: '10.0.2.2', ...way, host, signal })).rejects.toBe(reason);
        expect(running()).toHaveLength(before);
      }
    }
  });
});

liveTest('probe() without root says that it may not', async ({ skip }) => {
  const reading = spawnSync('setpriv', ['--reuid=65534', '--clear-groups', 'cat', import.meta.filename]);
  skip(reading.status !== 0, 'the checkout stands where only root may read, and this test is nobody for a while');
  await inWorld(async (world) => {
    await world.sh(ROUTER_WORLD);
    const host = await hostOfWorld(world);
    const nobody = 65_534;
    try {
      process.seteuid?.(nobody);
      const observation = await probeIn(world, { destination: '10.0.2.2', host });
      expect(observation).toMatchObject({ sent: 0, watched: [] });
      expect(observation.notes).toHaveLength(4);
      for (const note of observation.notes) expect(note).toMatch(/nsenter: .*Permission denied/);
    } finally {
      process.seteuid?.(0);
    }
  });
});
