/**
 * What may come next on a command line that somebody is typing, told from the very definitions that parse it.
 *
 * @module
 */

import type { Argument, Command, Option } from 'commander';

/** A word that fits, and what it means. */
export interface Candidate {
  readonly value: string;
  readonly description: string;
}

export interface Completion {
  readonly candidates: readonly Candidate[];
  /** The name of a file fits too: shells find those themselves. */
  readonly files: boolean;
}

/** What was asked for: `<netns>` has the name `netns`. */
export interface Blank {
  readonly name: string;
  /** The arguments before this one, and this one as far as it is typed. */
  readonly before: readonly string[];
  readonly typed: string;
}

/** What fits a blank. */
export type Source = (blank: Blank) => Completion | Promise<Completion>;

const NOTHING: Completion = { candidates: [], files: false };

/**
 * Complete a command line.
 *
 * @param program nsdiag, with the command in question defined in full.
 * @param words All behind `nsdiag`, up to the cursor; the last one is being typed, and may be empty.
 */
export async function complete(program: Command, words: readonly string[], source: Source): Promise<Completion> {
  const typed = words.at(-1) ?? '';
  const { command, isHelp, before, option, isPastOptions } = read(program, words.slice(0, -1));
  if (option !== undefined) return fitting(await valuesOf(option, { before, typed }, source), typed);
  if (!isPastOptions && typed.startsWith('--') && typed.includes('='))
    return afterEquals(command, before, typed, source);
  if (!isPastOptions && typed.startsWith('-')) return fitting({ candidates: optionsOf(command), files: false }, typed);
  if (isHelp) return fitting({ candidates: subcommandsOf(command), files: false }, typed);
  const subcommands = before.length === 0 && !isPastOptions ? subcommandsOf(command) : [];
  const argument = argumentAt(command, before.length);
  const { candidates, files } = argument ? await valuesOf(argument, { before, typed }, source) : NOTHING;
  return fitting({ candidates: [...subcommands, ...candidates], files }, typed);
}

interface Position {
  readonly command: Command;
  /** `help` was asked for: one of its subcommands comes next. */
  readonly isHelp: boolean;
  readonly before: readonly string[];
  /** The option whose value comes next. */
  readonly option: Option | undefined;
  /** After `--`. */
  readonly isPastOptions: boolean;
}

function read(program: Command, words: readonly string[]): Position {
  let command = program;
  let before: string[] = [];
  let option: Option | undefined;
  let [isHelp, isPastOptions] = [false, false];
  for (const word of words) {
    const subcommand = before.length === 0 ? command.commands.find((each) => each.name() === word) : undefined;
    if (option !== undefined) option = undefined;
    else if (isPastOptions) before.push(word);
    else if (word === '--') isPastOptions = true;
    else if (word.startsWith('-') && word !== '-') option = takesValue(optionCalled(command, word));
    else if (subcommand !== undefined) [command, before] = [subcommand, []];
    else if (word === 'help' && command.commands.length > 0) isHelp = true;
    else before.push(word);
  }
  return { command, isHelp, before, option, isPastOptions };
}

/** `undefined` for `--option=value`, which holds its own. */
function takesValue(option: Option | undefined): Option | undefined {
  return option?.required === true || option?.optional === true ? option : undefined;
}

function optionCalled(command: Command, flag: string): Option | undefined {
  return everyOption(command).find(({ short, long }) => flag === short || flag === long);
}

/** Those of the commands above count as well. */
function everyOption(command: Command): readonly Option[] {
  const own = command.createHelp().visibleOptions(command);
  return command.parent === null ? own : [...own, ...everyOption(command.parent).filter((each) => !isIn(own, each))];
}

function isIn(options: readonly Option[], { long }: Option): boolean {
  return options.some((each) => each.long === long);
}

function optionsOf(command: Command): readonly Candidate[] {
  return everyOption(command).map(({ short, long, description }) => ({ value: long ?? short ?? '', description }));
}

function subcommandsOf(command: Command): readonly Candidate[] {
  const commands = command.createHelp().visibleCommands(command);
  return commands.map((each) => ({ value: each.name(), description: each.summary() || each.description() }));
}

function argumentAt(command: Command, index: number): Argument | undefined {
  const last = command.registeredArguments.at(-1);
  return command.registeredArguments[index] ?? (last?.variadic ? last : undefined);
}

async function valuesOf(asked: Argument | Option, typing: Omit<Blank, 'name'>, source: Source): Promise<Completion> {
  if (asked.argChoices)
    return { candidates: asked.argChoices.map((value) => ({ value, description: '' })), files: false };
  return source({ ...typing, name: blankName(asked) });
}

/** `netns` of `<netns>`, `file` of `-o, --output <file>` and of `<file...>`. */
export function blankName(asked: Argument | Option): string {
  return 'flags' in asked ? (/[<[]([^>\].]+)/.exec(asked.flags)?.[1] ?? '') : asked.name();
}

async function afterEquals(
  command: Command,
  before: readonly string[],
  typed: string,
  source: Source,
): Promise<Completion> {
  const [flag = '', ...rest] = typed.split('=');
  const option = takesValue(optionCalled(command, flag));
  if (option === undefined) return NOTHING;
  const value = rest.join('=');
  const { candidates } = fitting(await valuesOf(option, { before, typed: value }, source), value);
  return { candidates: candidates.map((each) => ({ ...each, value: `${flag}=${each.value}` })), files: false };
}

function fitting({ candidates, files }: Completion, typed: string): Completion {
  return { candidates: candidates.filter(({ value }) => value.startsWith(typed)), files };
}
