import type { Argument, Command, Option } from 'commander';
import { expect, test } from 'vitest';
import { COMMANDS } from '../../../src/cli/commands.ts';
import { blankName, type Completion, complete, type Source } from '../../../src/cli/completion/complete.ts';
import { SOURCES } from '../../../src/cli/completion/sources.ts';
import { defineProgram } from '../../../src/cli/definition.ts';
import { memoryIo } from '../memory-io.ts';

/** Answers each blank with its name, and with what came before it. */
const NAMED: Source = ({ name, before }) => ({
  candidates: [{ value: name, description: before.join(' ') }],
  files: false,
});

async function wholeProgram(): Promise<Command> {
  const modules = new Map(await Promise.all(COMMANDS.map(async ({ name, load }) => [name, await load()] as const)));
  return defineProgram('1.2.3', memoryIo().io, modules, () => async () => {});
}

async function values(words: readonly string[], source: Source = NAMED): Promise<readonly string[]> {
  const { candidates } = await complete(await wholeProgram(), words, source);
  return candidates.map(({ value }) => value);
}

test('complete() tells the commands, with what they do', async () => {
  const { candidates } = await complete(await wholeProgram(), [''], NAMED);
  expect(candidates.map(({ value }) => value)).toEqual([...COMMANDS.map(({ name }) => name), 'help']);
  expect(candidates[0]).toEqual({ value: 'why', description: COMMANDS[0]?.summary });
});

test.each<[words: string, expected: readonly string[]]>([
  ['wh', ['why']],
  ['lab s', ['shell']],
  ['why n', ['netns']],
  ['why ns1 d', ['destination']],
  ['why ns1 10.0.0.1 ', []],
  ['why --json n', ['netns']],
  ['why --port 80 n', ['netns']],
  ['why --port=80 n', ['netns']],
  ['why --proto p', ['proto']],
  ['why --proto=p', ['--proto=proto']],
  ['why --no-p', ['--no-probe', '--no-pager']],
  ['why ns1 --colo', ['--color']],
  ['why -- --', []],
  ['analyze a.pcap b.pcap f', ['file']],
  ['snapshot -o f', ['file']],
  ['completion z', ['zsh']],
  ['lab up L', ['LAB']],
  ['help wh', ['why']],
  ['lab help b', ['break']],
])('complete() of "%s" says %j', async (line, expected) => {
  expect(await values(line.split(' '))).toEqual(expected);
});

test('complete() tells a source what was typed before its blank', async () => {
  const { candidates } = await complete(await wholeProgram(), ['lab', 'break', '--', 'bridge', 'F'], NAMED);
  expect(candidates).toEqual([{ value: 'FAULT', description: 'bridge' }]);
});

test('complete() leaves files to the shell, and says so', async () => {
  const files: Source = (): Completion => ({ candidates: [], files: true });
  expect(await complete(await wholeProgram(), ['analyze', 'tr'], files)).toEqual({ candidates: [], files: true });
});

test('SOURCES has every blank of every command, and no other', async () => {
  const blanks = new Set(blanksOf(await wholeProgram()));
  expect(blanks.size).toBeGreaterThan(5);
  expect([...blanks].sort()).toEqual(Object.keys(SOURCES).sort());
});

function blanksOf(command: Command): readonly string[] {
  const hasValue = ({ required, optional, hidden }: Option): boolean => !hidden && (required || optional);
  const open: readonly (Argument | Option)[] = [...command.registeredArguments, ...command.options.filter(hasValue)];
  const own = open.filter(({ argChoices }) => argChoices === undefined).map(blankName);
  const shown = command
    .createHelp()
    .visibleCommands(command)
    .filter((each) => each.name() !== 'help');
  return [...own, ...shown.flatMap(blanksOf)];
}
