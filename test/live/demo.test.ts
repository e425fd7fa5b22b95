/** The tour: it tells its story to the end, believes no nsdiag that does not tell the truth, and leaves nothing. */

import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { runDemo } from '../../src/lab/demo.ts';
import type { Argv } from '../../src/system/run.ts';
import { traces } from '../helpers/traces.ts';
import { BIN, inWorld, liveTest, until } from '../helpers/world.ts';

/** What the tour says when the nsdiag that it shows is this shell script. */
async function tellWith(script: string): Promise<{ said: string; failure: unknown }> {
  const said: string[] = [];
  const nsdiag: Argv = ['sh', '-c', script, 'nsdiag'];
  const failure = await runDemo({
    nsdiag,
    say: (line) => said.push(line),
    heading: (text) => `== ${text}`,
    signal: new AbortController().signal,
  }).catch((error: unknown) => error);
  return { said: said.join('\n'), failure };
}

liveTest('nsdiag demo breaks and repairs the lab four times, in less than a minute, and leaves nothing', async () => {
  await inWorld(async (world) => {
    const before = await traces(world);
    const { exitCode, stdout, stderr } = await world.nsdiag(['demo']);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout.match(/^✗ /gm)).toHaveLength(4);
    expect(stdout.match(/^✓ /gm)).toHaveLength(5);
    expect(Number(/in (\d+) s\. Nothing is left of it\.$/m.exec(stdout)?.[1])).toBeLessThan(60);
    expect(await traces(world)).toBe(before);
  });
});

liveTest('runDemo() fails when why calls reachable what is broken', async () => {
  const { said, failure } = await tellWith('echo "fine, $*"');
  expect(said).toContain('fine, why ns1 203.0.113.10');
  expect(failure).toMatchObject({
    message: 'The demo did not go as told: why ended with 0 for no-default-route, not with 1',
  });
});

liveTest('runDemo() fails when why calls unreachable what works', async () => {
  const { failure } = await tellWith('exit 1');
  expect(failure).toMatchObject({
    message: expect.stringContaining('203.0.113.10 should be reachable (exit: why 1, ping 0)'),
  });
});

const SAYS = (answer: unknown): string =>
  `ping -c1 -W1 203.0.113.10 >/dev/null 2>&1; ip netns exec ns1 ping -c1 -W1 203.0.113.10 >/dev/null 2>&1 && exit 0
  echo '${JSON.stringify(answer)}'; exit 1`;

liveTest('runDemo() fails when why names another cause', async () => {
  const { failure } = await tellWith(SAYS({ causes: [{ code: 'link-down', fix: [] }] }));
  expect(failure).toMatchObject({
    message: expect.stringContaining('why says link-down for no-default-route, and not no-route'),
  });
});

liveTest('runDemo() fails when the fix fails, and shows what its command said', async () => {
  const fix = [{ argv: ['ip', '-n', 'ns1', 'route', 'add', 'default', 'via', '10.9.9.9'] }];
  const { failure } = await tellWith(SAYS({ causes: [{ code: 'no-route', fix }] }));
  expect(failure).toMatchObject({
    message: expect.stringContaining('the fix `ip -n ns1 route add default via 10.9.9.9` failed'),
    stderr: expect.stringContaining('invalid gateway'),
  });
});

liveTest('runDemo() fails when the fix repairs nothing', async () => {
  const { failure } = await tellWith(SAYS({ causes: [{ code: 'no-route', fix: [{ argv: ['true'] }] }] }));
  expect(failure).toMatchObject({ message: expect.stringContaining('203.0.113.10 should be reachable') });
});

/** Processes of this machine that are in a world: they carry its mark. */
function inAWorld(): readonly string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/environ`, 'utf8').includes('NSDIAG_DEMO_TEST=1');
    } catch {
      return false;
    }
  });
}

liveTest.for(['SIGINT', 'SIGTERM', 'SIGKILL'] as const)(
  'nsdiag demo that is ended by %s takes its world with it',
  async (signal, { expect }) => {
    await inWorld(async (world) => {
      const demo = world.start(['env', 'NSDIAG_DEMO_TEST=1', process.execPath, BIN, 'demo']);
      await demo.said(/ip link add dev br0/);
      expect(inAWorld().length).toBeGreaterThan(2);
      demo.signal(signal);
      await demo.exited;
      await until(() => inAWorld().length === 0, 'the processes of the demo to end');
    });
  },
);
