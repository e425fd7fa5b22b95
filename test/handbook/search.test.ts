import { expect, test } from 'vitest';
import type { TitledPage } from '../../src/handbook/search.ts';
import { searchPages } from '../../src/handbook/search.ts';

const LINK_DOWN = page('link-down', 'A link is down', 'Nobody has set it up.', 'Routes go with the interface.');
const NO_ROUTE = page(
  'no-route',
  'No route',
  'There is no way. A link that is down takes its routes along.',
  'Tables.',
);
const PAGES = [NO_ROUTE, LINK_DOWN];

test('searchPages() puts who has the word in its code before who has it in its text', () => {
  expect(codesOf('link')).toEqual(['link-down', 'no-route']);
  expect(codesOf('route')).toEqual(['no-route', 'link-down']);
});

test('searchPages() wants every word, in any case and as a part of one', () => {
  expect(codesOf('TABLE')).toEqual(['no-route']);
  expect(codesOf('nobody', 'interf')).toEqual(['link-down']);
  expect(codesOf('nobody tables')).toEqual([]);
  expect(codesOf('tcp')).toEqual([]);
});

test('searchPages() without a word finds nothing', () => {
  expect(codesOf()).toEqual([]);
  expect(codesOf(' ')).toEqual([]);
});

test('searchPages() shows the sentence that has the most of the words, and none where the code has them', () => {
  expect(searchPages(PAGES, ['down', 'link']).map(({ excerpt }) => excerpt)).toEqual([
    undefined,
    'A link that is down takes its routes along.',
  ]);
});

test('searchPages() finds a command by one of its words', () => {
  const withCommand = { ...LINK_DOWN, look: [{ run: 'ethtool -k DEV', shows: 'much' }] };
  expect(searchPages([NO_ROUTE, withCommand], ['ethtool']).map(({ excerpt }) => excerpt)).toEqual(['ethtool -k DEV']);
});

function codesOf(...words: readonly string[]): readonly string[] {
  return searchPages(PAGES, words).map(({ page }) => page.code);
}

function page(code: string, title: string, what: string, linux: string): TitledPage {
  return { code, title, group: 'link', what, linux: [linux], look: [], fix: [], confused: [] };
}
