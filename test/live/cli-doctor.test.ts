/** `nsdiag doctor` on machines that lack something. */

import { expect } from 'vitest';
import { AS_NOBODY } from '../helpers/nobody.ts';
import { uninstall } from '../helpers/uninstall.ts';
import { inWorld, liveTest } from '../helpers/world.ts';

liveTest('doctor has nothing to say against a machine that has everything', async () => {
  await inWorld(async (world) => {
    const { exitCode, stdout, stderr } = await world.nsdiag(['doctor']);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toMatch(/^✓ This machine has all \d+ things that nsdiag uses\n/);
  });
});

liveTest('doctor names what is missing, what that costs and how to get it', async () => {
  await inWorld(async (world) => {
    await uninstall(world, 'tcpdump', 'nft');
    const { exitCode, stdout } = await world.nsdiag(['doctor']);
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/^✗ 2 of the \d+ things that nsdiag uses are missing here\n/);
    expect(stdout).toMatch(
      /✗ tcpdump +not installed, or not on the PATH\n {2}costs .*\n(?: .*\n)*? {2}remedy +apt-get install tcpdump/,
    );
    expect(stdout).toMatch(/✓ ping +ping from iputils/);

    const json = await world.nsdiag(['doctor', '--json']);
    expect(json.exitCode).toBe(1);
    const { schema, checks } = JSON.parse(json.stdout);
    expect(schema).toBe('nsdiag.doctor/1');
    const missing = checks.filter(({ isThere }: { isThere: boolean }) => !isThere);
    expect(missing.map(({ name }: { name: string }) => name)).toEqual(['tcpdump', 'nft']);
  });
});

liveTest('doctor says what it means not to be root', async () => {
  await inWorld(async (world) => {
    const nobody = [...AS_NOBODY, process.execPath] as const;
    const { exitCode, stdout } = await world.run([...nobody, 'bin/nsdiag.js', 'doctor']);
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/✗ root +this is user 65534/);
    expect(stdout).toMatch(/✗ mount ns +unshare: .*\n/);
  });
});

liveTest('doctor says whether the kernel can be a witness, and what a killed nsdiag left', async () => {
  await inWorld(async (world) => {
    const name = (await world.sh('echo nsdiag-$(readlink /proc/self/ns/pid | tr -dc 0-9)-999999')).trim();
    await world.sh(`mkdir /sys/kernel/tracing/instances/${name}`);
    try {
      const { exitCode, stdout } = await world.nsdiag(['doctor']);
      expect(exitCode).toBe(0);
      expect(stdout).toMatch(/✓ nft trace +tells which rule took a packet/);
      expect(stdout.replaceAll(/\s+/g, ' ')).toContain(
        `✓ tracefs tells why the kernel drops a packet; left by an nsdiag that was killed, gone after the next why: ${name}`,
      );
    } finally {
      await world.sh(`rmdir /sys/kernel/tracing/instances/${name}`);
    }
  });
});
