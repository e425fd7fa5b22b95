import { expect, test } from 'vitest';
import { COMMANDS } from '../../src/cli/commands.ts';
import { manualPage } from '../../src/cli/manual.ts';

test('manualPage() tells every command that --help tells, with an option and the examples of each', async () => {
  const page = await manualPage();
  for (const { name } of COMMANDS) expect(page).toMatch(new RegExp(`\\.SS "nsdiag ${name}[ "]`));
  expect(page).toContain('.B "\\-\\-source\\-port <number>"\n');
  expect(page).toContain('\n.SS "nsdiag lab break ');
  expect(page).toMatch(/^ {2}sudo nsdiag doctor/m);
});

test('manualPage() is roff in which no line of text is taken for a request', async () => {
  const lines = (await manualPage()).split('\n');
  const requests = lines.filter((line) => /^[.']/.test(line)).map((line) => /^\.(\w+)/.exec(line)?.[1]);
  expect(lines.length).toBeGreaterThan(200);
  expect([...new Set(requests)].sort()).toEqual(['B', 'BR', 'I', 'PP', 'RI', 'SH', 'SS', 'TH', 'TP', 'fi', 'nf']);
});
