/** The pages as a collection: one for each code, each whole, none that says what another says. */

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { FAULT_FACTS } from '../../src/cli/explain/explained.ts';
import { FAULT_PAGES } from '../../src/handbook/fault-pages.ts';
import { FINDING_PAGES } from '../../src/handbook/finding-pages.ts';
import { GROUPS, type Page } from '../../src/handbook/page.ts';
import { PLACEHOLDERS, placeholdersIn } from '../../src/handbook/placeholders.ts';
import { parseCommandLine } from '../../src/lab/command-line.ts';
import { FINDING_CODES } from '../../src/postmortem/finding-code.ts';

const PAGES: readonly Page[] = [...FAULT_PAGES, ...FINDING_PAGES];
const CODES = PAGES.map(({ code }) => code);

test('FAULT_PAGES has one page for every cause that why can name, and no other', () => {
  expect(FAULT_PAGES.map(({ code }) => code).sort()).toEqual(FAULT_FACTS.map(({ code }) => code).sort());
});

test('FAULT_FACTS are the codes of the table in src/faults/README.md', () => {
  const readme = readFileSync(new URL('../../src/faults/README.md', import.meta.url), 'utf8');
  const codes = [...readme.matchAll(/^\| `([a-z0-9-]+)` \|/gm)].map(([, code]) => code);
  expect(FAULT_FACTS.map(({ code }) => code).sort()).toEqual(codes.sort());
});

test('FINDING_PAGES has the findings that are no fault code, each once', () => {
  const faults = new Set(FAULT_FACTS.map(({ code }) => code));
  const alone = FINDING_CODES.filter((code) => !faults.has(code));
  expect(FINDING_PAGES.map(({ code }) => code).sort()).toEqual([...alone].sort());
});

test('a fault page tells how it looks in a capture exactly where analyze reports that code too', () => {
  const told = FAULT_PAGES.filter(({ capture }) => capture !== undefined).map(({ code }) => code);
  expect(told.sort()).toEqual(
    FAULT_FACTS.map(({ code }) => code)
      .filter((code) => isFinding(code))
      .sort(),
  );
});

test('the groups of the list all have members, and follow each other', () => {
  const groups = PAGES.map(({ group }) => group);
  expect([...new Set(groups)].sort()).toEqual([...GROUPS].sort());
  const changes = groups.filter((group, index) => group !== groups[index - 1]);
  expect(changes).toEqual([...new Set(groups)]);
});

test.each(PAGES)('the page of $code tells every part', (page) => {
  expect(page.what).toMatch(/^[A-Z].{30,}\.$/s);
  for (const list of [page.linux, page.look, page.fix, page.confused]) expect(list.length).toBeGreaterThan(0);
  for (const { shows } of page.look) expect(shows).not.toBe('');
  for (const { run, does } of page.fix) expect(run ?? does).not.toBe('');
});

test.each(PAGES)('the page of $code is taken for other codes, that exist', ({ code, confused }) => {
  const others = confused.map((each) => each.code);
  expect(others.filter((other) => !CODES.includes(other))).toEqual([]);
  expect(others).not.toContain(code);
  expect(new Set(others).size).toBe(others.length);
});

test.each(PAGES)('every command of the page of $code is words alone, and nothing that a shell acts on', (page) => {
  for (const run of commandsOf(page)) {
    expect(parseCommandLine(run)).toMatchObject({ ok: true });
  }
});

test('every word in capitals in a command is a placeholder that is told, or the name of a thing', () => {
  const words = new Set(PAGES.flatMap(commandsOf).flatMap((run) => run.match(/(?<![-\w])[A-Z][A-Z0-9]*\b/g) ?? []));
  const told = placeholdersIn(PAGES.flatMap(commandsOf));
  expect(Object.keys(PLACEHOLDERS)).toEqual(told);
  expect([...words].filter((word) => !told.includes(word)).sort()).toEqual(OF_OTHERS);
});

test('no page says what another page says', () => {
  const sentences = PAGES.flatMap(({ code, what, linux }) => [what, ...linux].map((text) => ({ code, text })));
  const seen = new Map<string, string>();
  for (const { code, text } of sentences) {
    expect(seen.get(text) ?? code).toBe(code);
    seen.set(text, code);
  }
  expect(seen.size).toBeGreaterThan(PAGES.length);
});

/** Words of iptables, TCP and others in the commands: what a person does not fill in. */
const OF_OTHERS: readonly string[] = [
  'ACCEPT',
  'DNAT',
  'FORWARD',
  'INPUT',
  'MASQUERADE',
  'OUTPUT',
  'POSTROUTING',
  'PREROUTING',
  'RST',
  'SYN',
  'TCPMSS',
];

function commandsOf({ look, fix }: Page): readonly string[] {
  return [...look.map(({ run }) => run), ...fix.flatMap(({ run }) => run ?? [])];
}

function isFinding(code: string): boolean {
  return FINDING_CODES.some((each) => each === code);
}
