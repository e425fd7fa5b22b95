import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { joined, markup, markupText } from '../../../src/report/html/markup.ts';

const text = (value: ReturnType<typeof markup>) => markupText(value);

describe('markup', () => {
  test.each([
    ['<img onerror=x>', '&lt;img onerror=x&gt;'],
    ['"><script>alert(1)</script>', '&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;'],
    ["a'b&amp;c", 'a&#39;b&amp;amp;c'],
    ['eth\u202e0', 'eth\\u{202e}0'],
    ['\u001b[31m', '\\x1b[31m'],
    ['\udcff', '\\xff'],
    ['two\nlines', 'two\nlines'],
  ])('escapes %j', (value, shown) => {
    expect(text(markup`<b title="${value}">${value}</b>`)).toBe(`<b title="${shown}">${shown}</b>`);
  });

  test('leaves markup as it is, sets lists one after the other, and undefined as nothing', () => {
    const inner = markup`<i>${'<'}</i>`;
    expect(text(markup`<p>${inner}${[inner, '&', 1, 2n]}${undefined}</p>`)).toBe(
      '<p><i>&lt;</i><i>&lt;</i>&amp;12</p>',
    );
    expect(text(markup`${joined(['a', 'b', 'c'], markup`<br>`)}`)).toBe('a<br>b<br>c');
  });

  test('takes no text for markup that only looks like it, as JSON from outside might', () => {
    const forged: unknown = JSON.parse('{"Symbol(markup)": "<script>", "markup": "<script>"}');
    expect(() => text(markup`${forged as string}`)).toThrow();
  });

  test.each([
    ['a tag without quotes', () => markup`<td class=${'x'}>`],
    ['single quotes', () => markup`<td class='${'x'}'>`],
    ['a name of an attribute', () => markup`<td ${'x'}="1">`],
    ['a name of a tag', () => markup`<${'x'}>`],
    ['a handler', () => markup`<td onclick="${'x'}">`],
    ['a style', () => markup`<td style="color: ${'x'}">`],
    ['the beginning of an address', () => markup`<a href="${'x'}">`],
    ['the beginning of an address behind another value', () => markup`<p>${'a'}</p><a class="${'b'}" href="${'x'}">`],
    ['a script', () => markup`<script>${'x'}</script>`],
    ['a stylesheet', () => markup`<style>a { color: ${'x'} }</style>`],
    ['a comment', () => markup`<!-- ${'x'} -->`],
  ])('refuses a value in %s, whatever it is', (_, make) => {
    expect(make).toThrow(/Cannot put a value behind/);
  });

  test('takes a value behind a script, and within an address', () => {
    expect(text(markup`<script>1</script><a href="#${'x'}">${'y'}</a>`)).toBe('<script>1</script><a href="#x">y</a>');
  });

  test('lets nothing of any text be read as a tag, an attribute or a reference', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 12 }), (value) => {
        const made = text(markup`${value}`);
        expect(made).not.toMatch(/[<>"']|&(?!(amp|lt|gt|quot|#39);)/);
      }),
    );
  });
});
