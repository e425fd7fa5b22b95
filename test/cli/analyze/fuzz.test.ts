/**
 * `nsdiag analyze` on captures that are cut anywhere and have bytes flipped: no crash, no hang, and nothing of theirs
 * gets to the terminal as it is. A sample; NSDIAG_FUZZ=all tries every file, several times.
 *
 * @module
 */

import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { runCommandLine } from '../../../src/cli/program.ts';
import { Random } from '../../bench/big-capture/random.ts';
import { NO_SHARED_CAPTURES, type SharedCapture, sharedCaptures } from '../../helpers/shared-captures.ts';
import { memoryIo } from '../memory-io.ts';

const FOLDER = mkdtempSync(join(tmpdir(), 'nsdiag-fuzz-'));
afterAll(() => rmSync(FOLDER, { recursive: true }));

const SNAPSHOT = fileURLToPath(new URL('../../fixtures/recordings/odd-router.json', import.meta.url));
const IS_ALL = process.env['NSDIAG_FUZZ'] === 'all';
const EVERY = IS_ALL ? 1 : 6;
const VARIANTS = IS_ALL ? 8 : 2;
const MOST_BYTES = IS_ALL ? Number.POSITIVE_INFINITY : 100_000;
const TIMEOUT_MS = IS_ALL ? 3_600_000 : 60_000;

/** What no terminal may be sent: controls, and what turns the direction of a text round. */
const UNSAFE = /(?!\n)[\p{Cc}\p{Bidi_Control}]/u;

async function analyze(...words: readonly string[]) {
  const { io, stdout, stderr } = memoryIo();
  const exitCode = await runCommandLine(['analyze', ...words], { io: () => io, version: '0' });
  return { exitCode, stdout: stdout(), stderr: stderr() };
}

/** The same for the same file, on any machine. */
function broken(bytes: Uint8Array, random: Random): Uint8Array {
  const isCut = random.below(2) === 0;
  const changed = Uint8Array.from(isCut ? bytes.subarray(0, random.below(bytes.length + 1)) : bytes);
  const flips = random.below(3) === 0 ? 0 : 1 + random.below(1 + changed.length / 100);
  for (let flip = 0; flip < flips && changed.length > 0; flip++) {
    // The headers of the file decide the most.
    const at = random.below(4) === 0 ? random.below(Math.min(changed.length, 64)) : random.below(changed.length);
    changed[at] = random.below(256);
  }
  return changed;
}

function sample(files: readonly SharedCapture[]): readonly SharedCapture[] {
  return files.filter(({ path }, index) => index % EVERY === 0 && statSync(path).size <= MOST_BYTES);
}

test('nsdiag analyze survives captures that are cut and changed', { timeout: TIMEOUT_MS }, async ({ skip }) => {
  const files = sample(sharedCaptures() ?? skip(NO_SHARED_CAPTURES));
  let tried = 0;
  for (const { name, path } of files) {
    const bytes = readFileSync(path);
    for (let variant = 0; variant < VARIANTS; variant++) {
      const random = new Random(tried);
      const isWhole = variant === 0;
      const file = join(FOLDER, 'broken.pcap');
      writeFileSync(file, isWhole ? bytes : broken(bytes, random));
      const said = await analyze(file);
      expect({ name, tried, ...said }).toMatchObject({
        exitCode: expect.toSatisfy((code: number) => code <= 3),
        stdout: expect.not.stringMatching(UNSAFE),
        stderr: '',
      });
      tried++;
      if (tried % 8 !== 0) continue;
      const { stdout } = await analyze('--json', file);
      expect({ name, document: JSON.parse(stdout) }).toMatchObject({ document: { schema: 'nsdiag.analyze/1' } });
      expect(stdout).not.toMatch(UNSAFE);
      const page = await analyze(file, '--html', '-', '--snapshot', SNAPSHOT);
      expect(page.stdout, name).toMatch(/<\/html>\n$/);
      expect(page.stdout.match(/<script/g), name).toHaveLength(1);
      expect(page.stdout, name).not.toMatch(UNSAFE);
    }
  }
  expect(tried).toBeGreaterThan(200);
});
