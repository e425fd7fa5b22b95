/**
 * The words of one iptables rule as options: which module each belongs to, whether it is negated, its arguments.
 *
 * Source: iptables(8), iptables-extensions(8).
 *
 * @module
 */

import type { IptablesWord } from '../host/iptables-words.ts';

/** One option. */
export interface IptablesOption {
  /** As iptables-save writes it: `--dport`. */
  readonly name: string;
  readonly negate: boolean;
  readonly args: readonly string[];
  /** As it stands in the line, the negation included. */
  readonly text: string;
}

/** A module (`-m NAME`) or a target (`-j NAME`, `-g NAME`) and its options. */
export interface IptablesModule {
  readonly name: string;
  readonly options: readonly IptablesOption[];
  readonly text: string;
}

/** A rule, taken apart. */
export interface IptablesRule {
  /** `-s`, `-d`, `-i`, `-o`, `-p`, `-f`. */
  readonly base: readonly IptablesOption[];
  readonly modules: readonly IptablesModule[];
  readonly target: IptablesModule | undefined;
  readonly isGoto: boolean;
}

/** Take the words behind `-A CHAIN` apart. */
export function iptablesRule(words: readonly IptablesWord[]): IptablesRule {
  const base: IptablesOption[] = [];
  const modules: IptablesModule[] = [];
  let target: IptablesModule | undefined;
  let isGoto = false;
  for (let at = 0; at < words.length; ) {
    const opener = OPENERS.get(words[at]?.text ?? '');
    const { options, next } = optionsFrom(words, opener === undefined ? at : at + 2);
    // Wherever they stand: modules have long options only.
    base.push(...options.filter(({ name }) => opener === undefined || BASE_OPTIONS.has(name)));
    if (opener !== undefined) {
      const module = {
        name: words[at + 1]?.text ?? '',
        options: options.filter(({ name }) => !BASE_OPTIONS.has(name)),
        text: textOf(words.slice(at, next)),
      };
      if (opener === 'match') modules.push(module);
      else target = module;
      isGoto ||= opener === 'goto';
    }
    at = Math.max(next, at + 1);
  }
  return { base, modules, target, isGoto };
}

/** Options of the rule itself. */
const BASE_OPTIONS: ReadonlySet<string> = new Set(['-s', '-d', '-i', '-o', '-p', '-f']);

const OPENERS: ReadonlyMap<string, 'match' | 'jump' | 'goto'> = new Map([
  ['-m', 'match'],
  ['--match', 'match'],
  ['-j', 'jump'],
  ['--jump', 'jump'],
  ['-g', 'goto'],
  ['--goto', 'goto'],
]);

/** Options whose one argument may be any text, one that looks like an option included. */
const TEXT_OPTIONS: ReadonlySet<string> = new Set([
  '-i',
  '-o',
  '--in-interface',
  '--out-interface',
  '--physdev-in',
  '--physdev-out',
  '--comment',
  '--log-prefix',
  '--nflog-prefix',
  '--string',
  '--hex-string',
]);

function optionsFrom(
  words: readonly IptablesWord[],
  first: number,
): { readonly options: readonly IptablesOption[]; readonly next: number } {
  const options: IptablesOption[] = [];
  let at = first;
  while (at < words.length && !OPENERS.has(words[at]?.text ?? '')) {
    const start = at;
    const negate = words[at]?.text === '!';
    if (negate) at++;
    const name = words[at]?.text ?? '';
    at++;
    const argsStart = at;
    if (TEXT_OPTIONS.has(name)) at++;
    else while (at < words.length && !startsOption(words[at])) at++;
    const args = words.slice(argsStart, at).map(({ text }) => text);
    options.push({ name, negate, args, text: textOf(words.slice(start, at)) });
  }
  return { options, next: Math.min(at, words.length) };
}

function startsOption(word: IptablesWord | undefined): boolean {
  return word === undefined || word.raw === '!' || /^-{1,2}[a-z]/i.test(word.raw);
}

function textOf(words: readonly IptablesWord[]): string {
  return words.map(({ raw }) => raw).join(' ');
}
