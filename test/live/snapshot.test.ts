import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { readRecording } from '../../src/recording/read-recording.ts';
import type { Recording } from '../../src/recording/recording.ts';
import { AS_NOBODY } from '../helpers/nobody.ts';
import { inWorld, liveTest, until } from '../helpers/world.ts';

function recordingIn(text: string): Recording {
  const read = readRecording(text);
  if (read.kind !== 'recording') throw new Error(read.why);
  return read.recording;
}

liveTest('nsdiag snapshot writes a file that is read again, and says on stderr how much it holds', async () => {
  await inWorld(async (world) => {
    await world.sh('ip netns add ns1; ip netns add ns2; mkdir /run/out');
    const { exitCode, stdout, stderr } = await world.nsdiag(['snapshot', '-o', '/run/out/net.json']);

    expect({ exitCode, stdout, stderr }).toEqual({
      exitCode: 0,
      stdout: '',
      stderr: 'nsdiag: recorded 3 of 3 namespaces: host, ns1, ns2\n',
    });
    expect((await world.sh('ls /run/out')).trim()).toBe('net.json');
    const recording = recordingIn(readFileSync(join(world.root, 'run/out/net.json'), 'utf8'));
    expect(recording.namespaces.map(({ name }) => name)).toEqual(['host', 'ns1', 'ns2']);
    expect(recording.nsdiag).toMatch(/^\d+\.\d+\.\d+/);
  });
});

liveTest('nsdiag snapshot prints nothing on a terminal that a device name could make it obey', async () => {
  await inWorld(async (world) => {
    await world.sh(`ip link add name "$(printf '\\033[31m\\302\\233x')" type bridge`);
    const { exitCode, stdout } = await world.nsdiag(['snapshot']);

    expect(exitCode).toBe(0);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    expect(stdout).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f]/);
    expect(recordingIn(stdout).namespaces[0]?.outputs['link']?.stdout).toContain('\u001b[31m\u009bx');
  });
});

liveTest('nsdiag snapshot says what it could not look at without root, and writes the rest', async () => {
  await inWorld(async (world) => {
    await world.sh('ip netns add ns1');
    const { stdout, stderr } = await world.run([...AS_NOBODY, process.execPath, 'bin/nsdiag.js', 'snapshot']);

    expect(stderr).toContain('nsdiag: recorded 1 of 2 namespaces: host\nnsdiag: ns1: it takes root to enter it\n');
    expect(recordingIn(stdout).namespaces.map(({ obstacle }) => obstacle)).toEqual([null, 'it takes root to enter it']);
  });
});

liveTest('nsdiag snapshot says why it cannot write the file, and ends with 2', async () => {
  await inWorld(async (world) => {
    const { exitCode, stderr } = await world.nsdiag(['snapshot', '-o', '/run/no/net.json']);

    expect(exitCode).toBe(2);
    expect(stderr).toContain('nsdiag: Cannot write /run/no/net.json: there is no such folder\n');
  });
});

liveTest('nsdiag snapshot that is interrupted leaves neither a process nor a piece of a file', async () => {
  await inWorld(async (world) => {
    await world.sh(`
      mkdir /run/bin /run/out
      printf '#!/bin/sh\\nexec sleep 600\\n' >/run/bin/nft
      chmod +x /run/bin/nft
    `);
    const path = `PATH=/run/bin:${process.env['PATH']}`;
    const processes = async () => (await world.run(['sh', '-c', "ls /proc | grep -c '^[0-9]'"])).stdout;
    const before = await processes();
    const snapshot = world.start([
      'env',
      path,
      process.execPath,
      'bin/nsdiag.js',
      'snapshot',
      '-o',
      '/run/out/net.json',
    ]);
    const reading = ['sh', '-c', 'cat /proc/[0-9]*/comm | grep -q sleep'] as const;
    await until(async () => (await world.run(reading)).exitCode === 0, 'a namespace that is being read');
    snapshot.signal('SIGINT');

    expect(await snapshot.exited).toBe(130);
    expect(await world.sh('ls -A /run/out')).toBe('');
    await until(async () => (await processes()) === before, 'no process more than before');
  });
});
