import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCommandLine } from '../../../src/cli/program.ts';
import { snapshotOptions } from '../../../src/wire/capture-file/embedded-snapshot.ts';
import { packetBlock } from '../../../src/wire/capture-file/write-packet.ts';
import { interfaceBlock, sectionBlock } from '../../../src/wire/capture-file/write-pcapng.ts';
import { joined } from '../../helpers/hex.ts';
import { echo } from '../../helpers/packets.ts';
import { memoryIo } from '../memory-io.ts';

/** Of a router that has 10.0.1.1 on l0, and a blackhole for 10.6.0.0/16. */
const SNAPSHOT = fileURLToPath(new URL('../../fixtures/recordings/odd-router.json', import.meta.url));

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'nsdiag-inquest-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Three pings in vain into the blackhole, and then silence. */
function captured(name: string, snapshot?: Uint8Array): string {
  const path = join(folder, name);
  const bytes = joined(
    sectionBlock({ application: 'test', snapshot: snapshot === undefined ? [] : (snapshotOptions(snapshot) ?? []) }),
    interfaceBlock({ name: 'eth0', linkType: 1, snapLengthBytes: 0 }),
    ...[1, 2, 3].map((seconds) => {
      const packet = echo('10.0.1.1', '10.6.0.9', seconds);
      return packetBlock({
        interfaceId: 0,
        seconds: 1_795_309_200 + 5 * seconds,
        nanoseconds: 0,
        originalBytes: packet.length,
        bytes: packet,
      });
    }),
  );
  writeFileSync(path, bytes);
  return path;
}

async function analyze(...argv: readonly string[]) {
  const { io, stdout, stderr } = memoryIo();
  const exitCode = await runCommandLine(['analyze', ...argv], { io: () => io, version: '0' });
  return { stdout: stdout(), stderr: stderr(), exitCode };
}

test('nsdiag analyze --snapshot names addresses and ends the finding with cause and fix', async () => {
  const { stdout, exitCode } = await analyze(captured('plain.pcapng'), '--snapshot', SNAPSHOT);

  expect(exitCode).toBe(1);
  expect(stdout).toContain('from 10.0.1.1 (router l0)');
  expect(stdout).toMatch(/By the snapshot, because .*blackhole/);
  expect(stdout).toContain('          ip -n router route del blackhole 10.6.0.0/16');
  expect(stdout).toMatch(/Model {3}\S*odd-router\.json: \d+ namespaces\s+on/);
});

test('nsdiag analyze asks the snapshot within a capture, and without one nobody', async () => {
  const { stdout } = await analyze(captured('within.pcapng', gzipSync(readFileSync(SNAPSHOT))), '--json');
  const [first] = JSON.parse(stdout).findings;
  expect(first.model.causes).toMatchObject([{ code: 'route-blackhole' }]);

  const plain = JSON.parse((await analyze(captured('plain.pcapng'), '--json')).stdout);
  expect(plain).toMatchObject({ snapshot: null, findings: [{ model: null, about: { destination: '10.6.0.9' } }] });
});

test.each([
  ['damaged', Buffer.from('no gzip')],
  ['no snapshot', gzipSync('{"schema":"other"}')],
])('nsdiag analyze reports without a snapshot within that is %s, and says so', async (_, bytes) => {
  const { stdout, stderr, exitCode } = await analyze(captured('damaged.pcapng', bytes));

  expect(stderr).toMatch(/Cannot read the snapshot in .*; the report does without/);
  expect(stdout).toContain('echo-unanswered');
  expect(exitCode).toBe(1);
});

test('nsdiag analyze reads the snapshot first: one that is none is a failure', async () => {
  const { stderr, exitCode } = await analyze(captured('plain.pcapng'), '--snapshot', '/no/such/file');

  expect(stderr).toContain('Cannot read /no/such/file: there is no such file');
  expect(exitCode).toBe(2);
});
