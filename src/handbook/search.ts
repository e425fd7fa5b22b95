/**
 * Full-text search in the pages: every word must be there, as the beginning of a word or inside of one.
 *
 * The best come first: who has a word in the code, then in the title, then in what it is about, then anywhere.
 *
 * @module
 */

import type { Page } from './page.ts';

/** A page with the title that its rule, or it itself, gives it. */
export interface TitledPage extends Page {
  readonly title: string;
}

export interface Hit {
  readonly page: TitledPage;
  /** The sentence that has the word; `undefined` when code or title have it. */
  readonly excerpt: string | undefined;
}

/** @param words What to look for, whatever its case. */
export function searchPages(pages: readonly TitledPage[], words: readonly string[]): readonly Hit[] {
  const wanted = words.flatMap((word) => word.toLowerCase().split(/\s+/)).filter((word) => word !== '');
  if (wanted.length === 0) return [];
  const hits = pages.flatMap((page) => {
    const places = wanted.map((word) => placeOf(page, word));
    const worst = Math.max(...places.map((place) => place ?? Number.POSITIVE_INFINITY));
    return worst === Number.POSITIVE_INFINITY ? [] : [{ page, worst, sum: sum(places) }];
  });
  // A stable sort: among equals the order of the list.
  hits.sort((a, b) => a.sum - b.sum);
  return hits.map(({ page, worst }) => ({ page, excerpt: worst <= IN_TITLE ? undefined : excerptOf(page, wanted) }));
}

const IN_TITLE = 1;

/** How prominent the word is: 0 in the code, 1 in the title, 2 in what it is, 3 anywhere else; `undefined` nowhere. */
function placeOf({ code, title, what, ...rest }: TitledPage, word: string): number | undefined {
  const places = [[code], [title], [what], proseOf(rest)];
  const found = places.findIndex((texts) => texts.some((text) => text.toLowerCase().includes(word)));
  return found === -1 ? undefined : found;
}

function proseOf({ linux, look, fix, capture }: Omit<TitledPage, 'code' | 'title' | 'what'>): readonly string[] {
  return [
    ...linux,
    ...(capture === undefined ? [] : [capture]),
    ...look.flatMap(({ run, shows }) => [run, shows]),
    ...fix.flatMap(({ run, does }) => [run ?? '', does]),
  ];
}

/** The sentence that has the most of the words, the first of such. */
function excerptOf(page: TitledPage, wanted: readonly string[]): string | undefined {
  const sentences = [page.what, ...proseOf(page)].flatMap((text) => text.split(/(?<=[.:;]) /));
  const counts = sentences.map((text) => wanted.filter((word) => text.toLowerCase().includes(word)).length);
  return sentences[counts.indexOf(Math.max(...counts))];
}

function sum(places: readonly (number | undefined)[]): number {
  return places.reduce<number>((total, place) => total + (place ?? 0), 0);
}
