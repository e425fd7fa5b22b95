import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ALL_RULES } from '../../src/faults/all.ts';

const FILES = readdirSync(new URL('../../src/faults/rules/', import.meta.url)).map((name) => name.replace('.ts', ''));
const README = readFileSync(new URL('../../src/faults/README.md', import.meta.url), 'utf8');

/** Codes that no rule finds: the diagnosis gives them itself. */
const WITHOUT_RULE = ['bad-offload', 'name-unresolved', 'unexplained-loss'];

test('ALL_RULES lists every rule file once, and each is named after its code', () => {
  expect(ALL_RULES.map(({ code }) => code).sort()).toEqual(FILES.sort());
  expect(FILES.length).toBeGreaterThan(30);
});

test('the table of README.md names every code once, and no other', () => {
  const rows = [...README.matchAll(/^\| `([a-z0-9-]+)` \|/gm)].map(([, code]) => code);
  expect(rows.sort()).toEqual([...FILES, ...WITHOUT_RULE].sort());
});

test('the README of the project lists every code once, and no other', () => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  const section = /## Faults it knows\n(.*?)\n## /s.exec(readme)?.[1] ?? '';
  const rows = [...section.matchAll(/^\| [a-z, ]+ \| (.*) \|$/gm)].flatMap(([, codes = '']) => codes.split(', '));
  expect(rows.sort()).toEqual([...FILES, ...WITHOUT_RULE].sort());
});

test.each(ALL_RULES)('$code explains only codes that exist, and not itself', ({ code, explains }) => {
  for (const other of explains) expect([...FILES, ...WITHOUT_RULE]).toContain(other);
  expect(explains).not.toContain(code);
});

test.each(ALL_RULES)('$code has a title of one line without a full stop, and a source', ({ title, source }) => {
  expect(title).toMatch(/^[A-Z][^\n]{5,70}[^.]$/);
  expect(source).not.toBe('');
});

test.each(ALL_RULES)('$code has a test of its own, that fires and that stays silent', ({ code }) => {
  const text = readFileSync(new URL(`rules/${code}.test.ts`, import.meta.url), 'utf8');
  expect(text.match(/^test(\.each)?\(/gm)?.length).toBeGreaterThanOrEqual(2);
  expect(text).toContain('toEqual([])');
});
