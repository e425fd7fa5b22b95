import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { markup, markupText } from '../../../src/report/html/markup.ts';
import { pageText } from '../../../src/report/html/page.ts';
import { PAGE_SCRIPT } from '../../../src/report/html/page-script.ts';
import { PAGE_STYLE } from '../../../src/report/html/page-style.ts';
import { bullets, command, fold, pairs, preformatted, table } from '../../../src/report/html/parts.ts';

const ORIGIN = {
  version: '1.2.3',
  madeAt: '2026-11-22T01:02:03.000Z',
  commandLine: "nsdiag why '<b>' 10.0.0.1",
  sha256: (text: string) => createHash('sha256').update(text, 'utf8').digest('base64'),
};

function pageOf(over: Partial<Parameters<typeof pageText>[0]> = {}): string {
  const section = { id: 'one', title: 'One', body: markup`<p>one</p>` };
  const content = { title: 'T', lead: markup`<h1>lead</h1>`, sections: [section], styles: [], scripts: [], ...over };
  return pageText(content, ORIGIN);
}

describe('pageText', () => {
  test('names in its policy the hash of each script and style that is in it, and allows no other', () => {
    const page = pageOf({ styles: ['p { color: red; }'], scripts: ['void 0;'] });
    const [policy = ''] = /default-src[^"]*/.exec(page) ?? [];
    for (const tag of ['script', 'style']) {
      const found = [...page.matchAll(new RegExp(`<${tag}>([\\s\\S]*?)</${tag}>`, 'g'))];
      expect(found).toHaveLength(1);
      expect(policy).toContain(`${tag}-src 'sha256-${ORIGIN.sha256(found[0]?.[1] ?? '')}'`);
    }
    expect(policy).toMatch(/^default-src 'none';/);
    expect(policy).not.toMatch(/unsafe|\*|https?:/);
  });

  test('has its policy before everything that the policy is about', () => {
    expect(pageOf().indexOf('Content-Security-Policy')).toBeLessThan(pageOf().search(/<(style|script|link|title)/));
  });

  test('refers to nothing that would have to be loaded', () => {
    expect(pageOf()).not.toMatch(/(src|href|url\()\s*=?["'(]?(https?:|\/\/|[\w.]+\/)/);
  });

  test('escapes title, headings, notes and command line', () => {
    const hostile = '</title><script>alert(1)</script>';
    const page = pageOf({ title: hostile, sections: [{ id: 'a', title: hostile, note: hostile, body: markup`` }] });
    expect(page.match(/<script>/g)).toHaveLength(1);
    expect(page).toContain('nsdiag why &#39;&lt;b&gt;&#39; 10.0.0.1');
  });

  test('opens a section, unless it is folded, and lists what there is once there is much', () => {
    const sections = ['a', 'b', 'c'].map((id) => ({ id, title: id, body: markup``, isFolded: id === 'c' }));
    const page = pageOf({ sections });
    expect([...page.matchAll(/<details class="section" id="(.)"( open)?>/g)].map(([, id, open]) => [id, open])).toEqual(
      [
        ['a', ' open'],
        ['b', ' open'],
        ['c', undefined],
      ],
    );
    expect(page).toContain('<a href="#c">c</a>');
    expect(pageOf()).not.toContain('<nav');
  });

  test('has constants that do not end themselves', () => {
    expect(PAGE_SCRIPT + PAGE_STYLE).not.toContain('</');
    expect(() => new Function(PAGE_SCRIPT)).not.toThrow();
  });
});

test('command() shows the line to paste beside a button that is hidden until there is a script', () => {
  const shown = markupText(command("ip -n 'a b' link set dev '<x>' up"));
  expect(shown).toContain('ip -n &#39;a b&#39; link set dev &#39;&lt;x&gt;&#39; up</pre>');
  expect(shown).toMatch(/<button type="button" data-copy="" hidden>/);
});

test('table() sets a cell a column, and marks what is wrong', () => {
  const columns = [
    { title: 'name', kind: 'name' },
    { title: 'n', kind: 'number' },
  ] as const;
  const shown = markupText(table('What', columns, [{ cells: ['<a>', 1], tone: 'bad' }, { cells: ['b'] }]));
  expect(shown).toContain('<tr class="bad"><td class="name">&lt;a&gt;</td><td class="number">1</td></tr>');
  expect(shown).toContain('<tr class=""><td class="name">b</td><td class="number"></td></tr>');
});

test('pairs() leaves out what is undefined, bullets() an empty list, and fold() and preformatted() keep what is in them', () => {
  expect(
    markupText(
      pairs([
        ['a', '1'],
        ['b', undefined],
      ]),
    ),
  ).not.toContain('b');
  expect(bullets([])).toBeUndefined();
  expect(markupText(markup`${bullets(['x'])}`)).toContain('<li>x</li>');
  expect(markupText(fold('more', preformatted('a  b\nc')))).toContain('a  b\nc</pre>');
});
