/**
 * Markup that is safe by construction: the tag `markup` makes HTML and SVG of a template, and escapes every value that
 * is not Markup itself. It is the only way to a `Markup`, and a page takes nothing else.
 *
 *     markup`<td title="${device}">${device}</td>`
 *
 * A value is harmless text (../escape.ts: no control, bidi or invisible characters) with `& < > " '` as references, so it
 * stays text between tags and within a quoted attribute. Elsewhere it would not, so the template is refused where it
 * puts a value in a tag without quotes, into a script, a style or a comment, into an event handler or a `style`, or at
 * the beginning of an address (`href="${x}"` may be `javascript:`; `href="#${x}"` may not).
 *
 * Source: WHATWG HTML 13.1.2 and 13.2.5 (what ends text and attributes); OWASP XSS prevention, rules 1 and 2.
 *
 * @module
 */

import { escapeLines } from '../escape.ts';

const MARKUP = Symbol('markup');

/** HTML or SVG in which everything from outside is escaped. */
export interface Markup {
  readonly [MARKUP]: string;
}

/** What a template takes: text to be escaped, markup, many of them one after the other, or nothing. */
export type MarkupValue = string | number | bigint | Markup | undefined | readonly MarkupValue[];

/** Make markup; used as a template tag. */
export function markup(literals: TemplateStringsArray, ...values: readonly MarkupValue[]): Markup {
  requireSafePlaces(literals);
  let text = literals[0] ?? '';
  for (let index = 0; index < values.length; index++) text += textOfValue(values[index]) + (literals[index + 1] ?? '');
  return { [MARKUP]: text };
}

/** The text of the markup, to be written to a file. */
export function markupText(value: Markup): string {
  return value[MARKUP];
}

/** `separator` between each two. */
export function joined(values: readonly MarkupValue[], separator: MarkupValue): readonly MarkupValue[] {
  return values.flatMap((value, index) => (index === 0 ? [value] : [separator, value]));
}

function textOfValue(value: MarkupValue): string {
  if (value === undefined) return '';
  if (typeof value === 'string') return escapeMarkup(value);
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  // A list has no such key, and JSON from outside cannot make one.
  return MARKUP in value ? value[MARKUP] : value.map(textOfValue).join('');
}

const REFERENCE: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeMarkup(text: string): string {
  return escapeLines(text).replace(/[&<>"']/g, (character) => REFERENCE[character] ?? character);
}

/** Literals are the same object at each call from one place. */
const checked = new WeakSet<TemplateStringsArray>();

/** A value that stands where escaping does not hold it is a bug of ours, found by the first test that comes by. */
function requireSafePlaces(literals: TemplateStringsArray): void {
  if (checked.has(literals)) return;
  let before = '';
  for (const literal of literals.slice(0, -1)) {
    before += literal;
    const why = whyUnsafe(before);
    if (why !== undefined) throw new TypeError(`Cannot put a value behind ${before.slice(-40)}: ${why}`);
    before += 'value';
  }
  checked.add(literals);
}

function whyUnsafe(before: string): string | undefined {
  if (/<(script|style)\b(?![\s\S]*<\/\1)/i.test(before)) return 'there it is code';
  if (before.lastIndexOf('<!--') > before.lastIndexOf('-->')) return 'there it is a comment';
  const tag = /<[^<>]*$/.exec(before)?.[0];
  if (tag === undefined) return undefined;
  const attribute = /\s([^\s"'=<>/]+)="([^"]*)$/.exec(tag);
  if (attribute === null) return 'in a tag it must stand in double quotes';
  const [, name = '', start = ''] = attribute;
  if (/^(on|style$|srcdoc$)/i.test(name)) return 'there it is code';
  const isAddress = /^(href|src|action|formaction|data|poster|xlink:href)$/i.test(name);
  return isAddress && start === '' ? 'it may begin with javascript:' : undefined;
}
