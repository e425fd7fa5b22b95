import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { Diagnosis } from '../../../src/diagnosis/diagnosis.ts';
import { markup, markupText } from '../../../src/report/html/markup.ts';
import type { WhyPage } from '../../../src/report/html/why-page.ts';
import { whyPage } from '../../../src/report/html/why-page.ts';
import { shellLine } from '../../../src/report/shell-quote.ts';
import { diagnosis, disagreement, missingRouteBack, netns, threeFaults, undecided } from '../example-diagnoses.ts';

const ORIGIN = {
  version: '1.2.3',
  madeAt: '2026-11-22T01:02:03.000Z',
  commandLine: 'nsdiag why ns1 10.0.2.1 --html why.html',
  sha256: (text: string) => createHash('sha256').update(text, 'utf8').digest('base64'),
};

function pageOf(answer: Diagnosis, over: Partial<WhyPage> = {}): string {
  const page = { diagnosis: answer, picture: undefined, facts: [], asOf: '2026-11-22T01:02:00.123Z', ...over };
  return whyPage(page, ORIGIN);
}

const shown = (text: string) => markupText(markup`${text}`);

describe.each([
  ['reachable', diagnosis()],
  ['missing route back', missingRouteBack()],
  ['three faults', threeFaults()],
  ['undecided', undecided()],
  ['disagreement', disagreement()],
])('whyPage() of "%s"', (_, answer) => {
  const page = pageOf(answer);

  test('says all that the diagnosis says', () => {
    const commands = answer.causes.flatMap(({ fix, alternatives }) => [
      ...fix,
      ...alternatives.flatMap((other) => other.fix),
    ]);
    const said = [
      answer.summary,
      ...answer.notes,
      ...answer.causes.flatMap(({ finding }) => [
        finding.code,
        finding.what,
        finding.why,
        ...finding.evidence.map(({ text }) => text),
      ]),
      ...commands.flatMap(({ argv, intent, sideEffects, undo }) => [
        shellLine(argv),
        intent,
        sideEffects ?? '',
        undo === undefined ? '' : shellLine(undo),
      ]),
    ];
    for (const text of said) expect(page).toContain(shown(text));
  });

  test('has only sections with something in them, each once', () => {
    const ids = [...page.matchAll(/<details class="section" id="([a-z]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.includes('fix')).toBe(answer.causes.length > 0);
    expect(ids.includes('notes')).toBe(answer.notes.length > 0);
    expect(ids.includes('packets')).toBe(answer.wire !== undefined);
    expect(ids).toContain('path');
  });
});

test('whyPage() marks where the packet dies, and where the wire missed it', () => {
  expect(pageOf(missingRouteBack())).toMatch(/<tr class="bad">.*<strong class="bad">dies: no route/);
  expect(pageOf(disagreement())).toMatch(/<strong class="bad">not seen<\/strong>/);
  expect(pageOf(diagnosis())).not.toMatch(/<tr class="bad">/);
});

test('whyPage() takes back the last command first', () => {
  const page = pageOf(threeFaults());
  const undo = page.slice(page.indexOf('To take it back'));
  expect(undo.indexOf('route del')).toBeLessThan(undo.indexOf('ip_forward=0'));
  expect(undo.indexOf('ip_forward=0')).toBeLessThan(undo.indexOf('r2 down'));
});

test('whyPage() shows what commands printed, why one printed nothing, and where it cut', () => {
  const facts = [
    {
      netns: 'ns1',
      obstacle: undefined,
      printed: [
        { command: ['ip', 'route'], text: 'default via <b>', problem: undefined },
        { command: ['nft', 'list', 'ruleset'], text: '', problem: 'not installed' },
        { command: ['tc', 'qdisc'], text: 'x'.repeat(300_000), problem: undefined },
      ],
    },
    { netns: 'ns2', obstacle: 'no permission', printed: [] },
  ];
  const page = pageOf(diagnosis(), { facts });
  expect(page).toContain('default via &lt;b&gt;');
  expect(page).toContain('not installed');
  expect(page).toContain('Cut here: 100000 characters more');
  expect(page).toContain('no permission');
});

test('whyPage() of a network full of tags is text', () => {
  const name = '<img onerror=x>';
  const hostile = (value: string) => value.replaceAll(/\b(ns1|ns2|router|veth0|veth1|r1|r2)\b/g, name);
  const answer = mapStrings(threeFaults(), hostile);
  const facts = [{ netns: name, obstacle: name, printed: [{ command: [name], text: name, problem: name }] }];
  const page = whyPage(
    { diagnosis: answer, picture: undefined, facts, asOf: ORIGIN.madeAt },
    { ...ORIGIN, commandLine: shellLine(['nsdiag', 'why', name]) },
  );
  expect(answer.question.netns).toBe(netns(name));
  expect(page).not.toContain('<img');
  expect(page.split('&lt;img onerror=x&gt;').length).toBeGreaterThan(20);
});

function mapStrings<T>(value: T, change: (text: string) => string): T;
function mapStrings(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((each) => mapStrings(each, change));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, mapStrings(each, change)]));
}
