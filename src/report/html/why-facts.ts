/**
 * What the commands printed in the namespaces on the path, as they printed it: for whoever does not believe the model, or
 * wants to know what nobody thought of asking.
 *
 * @module
 */

import { shellLine } from '../shell-quote.ts';
import { type Markup, markup } from './markup.ts';
import { fold, preformatted } from './parts.ts';

/** What was read in one namespace. */
export interface NamespaceFacts {
  readonly netns: string;
  /** Why nothing could be read in it. */
  readonly obstacle: string | undefined;
  readonly printed: readonly Printed[];
}

/** What one command printed. */
export interface Printed {
  /** As it runs from where nsdiag ran. */
  readonly command: readonly string[];
  readonly text: string;
  /** Why there is no text, or less of it. */
  readonly problem: string | undefined;
}

/** A ruleset of a container host has megabytes, and this is a page to attach. */
const MOST_CHARACTERS = 200_000;

/** One fold a command. @returns `undefined` where nothing was recorded. */
export function factsMarkup(facts: readonly NamespaceFacts[]): Markup | undefined {
  return facts.length === 0 ? undefined : markup`${facts.map(namespaceMarkup)}`;
}

function namespaceMarkup({ netns, obstacle, printed }: NamespaceFacts): Markup {
  const told = obstacle === undefined ? '' : markup`<p>${obstacle}</p>\n`;
  return markup`<h3>${netns}</h3>\n${told}${printed.map(printedMarkup)}`;
}

function printedMarkup({ command, text, problem }: Printed): Markup {
  const line = shellLine(command);
  const summary = markup`<code>${line.length > 160 ? `${line.slice(0, 160)}...` : line}</code>`;
  const told = problem === undefined ? '' : markup` <span class="unsure">${problem}</span>`;
  if (text.trim() === '') {
    return problem === undefined
      ? markup`<p>${summary} <span class="note">printed nothing</span></p>\n`
      : markup`<p>${summary}${told}</p>\n`;
  }
  const cut = text.length > MOST_CHARACTERS;
  const left = cut ? markup`<p>Cut here: ${text.length - MOST_CHARACTERS} characters more.</p>` : '';
  return fold(markup`${summary}${told}`, markup`${preformatted(cut ? text.slice(0, MOST_CHARACTERS) : text)}${left}`);
}
