/** A capture listens from the moment it says so, hands on everything, and does not outlive us. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Frame } from '../../src/capture/frame.ts';
import { Capture, type CaptureStart } from '../../src/capture/tcpdump.ts';
import { findNetns } from '../../src/host/host.ts';
import { CleanupStack } from '../../src/system/cleanup.ts';
import { bundleProgram } from '../helpers/bundle-program.ts';
import { hostOfWorld } from '../helpers/live-host.ts';
import { ownChildren } from '../helpers/own-children.ts';
import { ROUTER_WORLD } from '../helpers/probing.ts';
import { inWorld, liveTest, until, type World } from '../helpers/world.ts';

interface Listening {
  readonly capture: Capture;
  readonly frames: readonly Frame[];
  readonly stack: CleanupStack;
}

async function listenIn(world: World, name: string, filter: string): Promise<Listening> {
  const netns = findNetns(await hostOfWorld(world), name);
  if (netns === undefined) throw new Error(`no ${name}`);
  const frames: Frame[] = [];
  const stack = new CleanupStack();
  const start: CaptureStart = await Capture.start({
    netns,
    filter,
    snapLengthBytes: 256,
    stack,
    signal: undefined,
    to: { kind: 'frames', onFrame: (frame) => frames.push(frame) },
  });
  if (start.kind === 'failed') throw new Error(start.why);
  return { capture: start.capture, frames, stack };
}

liveTest('Capture.catchUp() waits until every packet has been handed on', async () => {
  await inWorld(async (world) => {
    await world.sh(ROUTER_WORLD);
    const { capture, frames, stack } = await listenIn(world, 'ns2', 'icmp');
    for (const pings of [1, 10, 500]) {
      const before = frames.length;
      await world.sh(`ip netns exec ns1 ping -q -n -i 0.001 -c ${pings} -s 1000 10.0.2.2`);
      const counters = await capture.catchUp();
      // Request and answer, each on the way in and on the way out.
      expect(frames.length - before).toBe(4 * pings);
      expect(counters).toEqual({ captured: frames.length, received: frames.length, dropped: 0 });
    }
    expect(frames[0]?.lengthBytes).toBe(20 + 20 + 8 + 1000);
    expect(frames[0]?.bytes).toHaveLength(256);
    expect(await stack.close()).toEqual([]);
    expect(ownChildren('tcpdump')).toEqual([]);
  });
});

liveTest('Capture.catchUp() is not held up by what tcpdump counts and never hands on', async () => {
  await inWorld(async (world) => {
    await world.sh(ROUTER_WORLD);
    const { capture, frames, stack } = await listenIn(world, 'ns2', 'icmp');
    await world.sh('ip netns exec ns2 ping -q -n -c 3 -i 0.01 127.0.0.1');
    const started = performance.now();
    // libpcap counts what goes out by lo, and shows it only as it comes in.
    expect(await capture.catchUp()).toEqual({ captured: 6, received: 12, dropped: 0 });
    expect(performance.now() - started).toBeLessThan(900);
    expect(frames).toHaveLength(6);
    await stack.close();
  });
});

liveTest('Capture.start() answers with the words of tcpdump when it cannot', async () => {
  await inWorld(async (world) => {
    await world.sh(ROUTER_WORLD);
    await expect(listenIn(world, 'ns2', 'no such filter')).rejects.toThrow(/^tcpdump: .*syntax error/);
    expect(ownChildren('tcpdump')).toEqual([]);
  });
});

/** Listens and pings without an end, then says so. */
const PROGRAM = `
  import { Capture } from './capture/tcpdump.ts';
  import { Child } from './system/child.ts';
  import { CleanupStack } from './system/cleanup.ts';
  import { argvInNetns } from './system/enter-netns.ts';
  const stack = new CleanupStack();
  const netns = { name: 'ns1', entry: { kind: 'path', path: process.argv[2] } };
  const rest = { stack, signal: undefined };
  const { kind } = await Capture.start({ netns, filter: 'icmp', snapLengthBytes: 64, to: { kind: 'frames', onFrame() {} }, ...rest });
  Child.start(argvInNetns(netns.entry, ['ping', '10.0.2.2']), rest).stdout.once('data', () => console.log(kind));
`;

liveTest('neither tcpdump nor ping outlives a parent that is killed', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'nsdiag-test-'));
  try {
    const outfile = join(folder, 'program.mjs');
    await bundleProgram(PROGRAM, outfile);
    await inWorld(async (world) => {
      await world.sh(ROUTER_WORLD);
      const parent = spawn(process.execPath, [outfile, `${world.root}/run/netns/ns1`]);
      const ended = once(parent, 'close');
      try {
        expect(String((await once(parent.stdout, 'data'))[0]).trim()).toBe('listening');
        const children = ['tcpdump', 'ping'].flatMap((name) => ownChildren(name, parent.pid));
        expect(children.map(({ name }) => name)).toEqual(['tcpdump', 'ping']);
        parent.kill('SIGKILL');
        await until(() => children.every(({ pid }) => !existsSync(`/proc/${pid}`)), 'the end of both');
      } finally {
        parent.kill('SIGKILL');
        await ended;
      }
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
