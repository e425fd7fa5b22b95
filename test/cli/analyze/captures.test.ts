/**
 * captures/: what `nsdiag analyze` says of each, word for word, in the file beside it. After a change of the words:
 * `npm run vitest -- test/cli/analyze/captures.test.ts -u`, and read the difference.
 */

import { readdirSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { cwd } from 'node:process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { runCommandLine } from '../../../src/cli/program.ts';
import { CAPTURED_LABS, capturesOf } from '../../helpers/captured-labs.ts';
import { memoryIo } from '../memory-io.ts';

const CAPTURES = fileURLToPath(new URL('../../../captures/', import.meta.url));

test.each(CAPTURED_LABS)('nsdiag analyze says of the capture $name what is written beside it', async (captured) => {
  const { name, finds } = captured;
  const { io, stdout } = memoryIo();
  const exitCode = await runCommandLine(
    ['analyze', ...capturesOf(captured).map((file) => relative(cwd(), `${CAPTURES}${file}`))],
    {
      io: () => io,
      version: '1.2.3',
    },
  );

  expect(exitCode).toBe(finds.length > 0 ? 1 : 0);
  await expect(stdout()).toMatchFileSnapshot(`${CAPTURES}${name}.txt`);
});

test('captures/ holds the capture, the words and the story of each, the pictures of the README, and nothing else', () => {
  const names = CAPTURED_LABS.map(({ name }) => name);
  const readme = readFileSync(`${CAPTURES}README.md`, 'utf8');

  expect(readdirSync(CAPTURES).sort()).toEqual(
    [
      'README.md',
      'pictures',
      ...CAPTURED_LABS.flatMap((captured) => [...capturesOf(captured), `${captured.name}.txt`]),
    ].sort(),
  );
  for (const name of names) expect(readme).toContain(`| \`${name}\` |`);
});
