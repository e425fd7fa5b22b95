/**
 * The frame of every HTML page that nsdiag writes: one file to attach to a ticket, which loads nothing from anywhere.
 *
 *     pageText({ title, lead, sections, styles: [], scripts: [] }, origin)
 *
 * The body is `Markup` (markup.ts), so nothing from outside is ever read as HTML; and should that fail, the page's own
 * Content-Security-Policy lets no code run but the scripts whose SHA-256 it names, and nothing be loaded at all. The
 * price: neither `style="..."` nor `onclick="..."` work in a body, only classes and scripts of the page. Presentation
 * attributes of SVG (`fill`, `x`) do.
 *
 * What stands in a page comes from parts.ts (tables, folds, commands with a copy button); how it looks, light, dark,
 * narrow and on paper, from page-style.ts. Without scripts the page shows the same; only the copy buttons are not there.
 *
 * Source: W3C Content Security Policy Level 3, section 6.7.2 (hashes) and 3.3 (in a meta element).
 *
 * @module
 */

import { type Markup, markup, markupText } from './markup.ts';
import { PAGE_SCRIPT } from './page-script.ts';
import { PAGE_STYLE } from './page-style.ts';

/** One heading and what stands under it. Every section folds. */
export interface Section {
  /** Unique on the page, and made of letters, digits and `-`: links lead to it. */
  readonly id: string;
  readonly title: string;
  /** Behind the title, also while folded: how much there is. */
  readonly note?: string | undefined;
  readonly body: Markup;
  /** What most readers do not need; it stays folded on paper too. */
  readonly isFolded?: boolean;
}

/** What is on the page. */
export interface PageContent {
  /** Of the browser's tab. */
  readonly title: string;
  /** What is read first: the outcome. */
  readonly lead: Markup;
  readonly sections: readonly Section[];
  /** What this kind of page adds to PAGE_STYLE and PAGE_SCRIPT. Our own constants: never a word from outside. */
  readonly styles: readonly string[];
  readonly scripts: readonly string[];
}

/** Who made the page, when, and how to hash; passed in, so that a page is the same anywhere. */
export interface PageOrigin {
  readonly version: string;
  /** When it was made, ISO 8601. */
  readonly madeAt: string;
  /** The command line that made it, quoted for a shell. */
  readonly commandLine: string;
  /** SHA-256 of the text's UTF-8, in base64. */
  readonly sha256: (text: string) => string;
}

/** The whole file. */
export function pageText({ title, lead, sections, styles, scripts }: PageContent, origin: PageOrigin): string {
  const style = [PAGE_STYLE, ...styles].join('\n');
  const script = [PAGE_SCRIPT, ...scripts].join('\n');
  const head = markup`<title>${title}</title>`;
  const body = markup`<main>
<header class="lead">${lead}</header>
${sections.length > 2 ? contents(sections) : undefined}
${sections.map(sectionMarkup)}
</main>
${footer(origin)}`;
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${policy(style, script, origin.sha256)}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    '<meta name="referrer" content="no-referrer">',
    '<link rel="icon" href="data:,">',
    markupText(head),
    `<style>${style}</style>`,
    '</head>',
    '<body>',
    markupText(body),
    `<script>${script}</script>`,
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

function policy(style: string, script: string, sha256: (text: string) => string): string {
  return [
    "default-src 'none'",
    `style-src 'sha256-${sha256(style)}'`,
    `script-src 'sha256-${sha256(script)}'`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}

function contents(sections: readonly Section[]): Markup {
  return markup`<nav aria-label="Sections">${sections.map(({ id, title }) => markup`<a href="#${id}">${title}</a>\n`)}</nav>`;
}

function sectionMarkup({ id, title, note, body, isFolded = false }: Section): Markup {
  const heading = markup`<summary><h2>${title}</h2>${note === undefined ? '' : markup` <span class="note">${note}</span>`}</summary>`;
  const content = markup`${heading}\n<div class="content">${body}</div>`;
  return isFolded
    ? markup`<details class="section" id="${id}">${content}</details>\n`
    : markup`<details class="section" id="${id}" open>${content}</details>\n`;
}

function footer({ version, madeAt, commandLine }: PageOrigin): Markup {
  return markup`<footer>
<p>nsdiag ${version}, <time datetime="${madeAt}">${madeAt}</time></p>
<p><code>${commandLine}</code></p>
<p>This page loads nothing and sends nothing.</p>
</footer>`;
}
