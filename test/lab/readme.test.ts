import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseLab } from '../../src/lab/parse.ts';
import { planLab } from '../../src/lab/plan.ts';
import { labSchema } from '../../src/lab/schema.ts';

const README = readFileSync(new URL('../../src/lab/README.md', import.meta.url), 'utf8');
const EXAMPLE = /```yaml\n(.*?)```/s.exec(README)?.[1] ?? '';

test('the example in README.md is a lab that can be built, and shows every part that a lab may have', () => {
  const parsed = parseLab(EXAMPLE, 'README.md');
  if (!parsed.ok) throw new Error(parsed.problems.join('\n'));
  expect(planLab(parsed.lab).length).toBeGreaterThan(20);
  for (const part of Object.keys(labSchema.entries)) expect(EXAMPLE).toMatch(new RegExp(`^${part}:`, 'm'));
});
