/**
 * The manual page nsdiag(1), made from what --help is made of, so that it cannot say anything else. The build writes it
 * to dist/man/, from where `npm install --global` puts it where man finds it.
 *
 * Source: man(7), man-pages(7) for the sections and their order.
 *
 * @module
 */

import type { Argument, Command, Option } from 'commander';
import type { CommandModule } from './command.ts';
import { COMMANDS } from './commands.ts';
import { defineProgram } from './definition.ts';
import { VERSION } from './version.ts';

const WIDTH = 78;

/** The page, as roff with the macros of man(7). */
export async function manualPage(): Promise<string> {
  const modules = new Map<string, CommandModule>(
    await Promise.all(COMMANDS.map(async ({ name, load }) => [name, await load()] as const)),
  );
  const silent = { write: () => {} };
  const terminal = { stdoutIsTerminal: false, stderrIsTerminal: false, columns: WIDTH };
  const program = defineProgram(VERSION, { stdout: silent, stderr: silent, terminal }, modules, () => async () => {});
  const commands = COMMANDS.flatMap(({ name }) => program.commands.find((each) => each.name() === name) ?? []);
  return [
    `.TH NSDIAG 1 "" "nsdiag ${VERSION}" "User Commands"`,
    ...section('NAME', [`nsdiag \\- ${roff('why a packet between network namespaces dies, and what repairs it')}`]),
    ...section('SYNOPSIS', ['.B nsdiag', '.RI [ options ]', '.I command', '.RI [ arguments ]']),
    ...section('DESCRIPTION', [roff(program.description()), '.PP', ...OVERVIEW.map(roff)]),
    ...section('OPTIONS', optionsOf(program)),
    ...section('COMMANDS', commands.flatMap(commandLines)),
    ...section('EXIT STATUS', tagged(EXIT_STATUS)),
    ...section('ENVIRONMENT', tagged(ENVIRONMENT)),
    ...section('EXAMPLES', literal(helpBelow(program))),
    ...section('SEE ALSO', [
      '.BR ip (8),',
      '.BR ip-netns (8),',
      '.BR tcpdump (8),',
      '.BR nft (8),',
      '.BR wireshark (1)',
    ]),
    '',
  ].join('\n');
}

const OVERVIEW = [
  'Three witnesses are asked: a model that walks the packet through a snapshot of every namespace as Linux would, the kernel, and the wire.',
  "The verdict is the wire's; the cause and the commands that repair it are the model's, which has walked the packet with them in place.",
];

const EXIT_STATUS = [
  ['0', 'Looked, and nothing is wrong: reachable, no findings.'],
  ['1', 'Looked, and found faults: unreachable, findings.'],
  ['2', 'Could not look: usage, permission, a missing tool, a file that cannot be read.'],
  ['3', 'Looked, and cannot tell: something on the way is not modelled, or could not be read.'],
] as const;

const ENVIRONMENT = [
  ['NO_COLOR', 'Not empty: no colour. --color is stronger.'],
  ['FORCE_COLOR', 'Not empty and not 0: colour, terminal or not.'],
  [
    'NSDIAG_PAGER, PAGER',
    'What shows a result that is longer than the screen; less where neither is set. Empty, or cat: nothing does.',
  ],
  ['SHELL', 'What `nsdiag lab shell` opens.'],
] as const;

function section(title: string, lines: readonly string[]): readonly string[] {
  return [`.SH "${title}"`, ...lines];
}

/** One command: how it is called, what it does, its arguments and options, its subcommands, and what stands below its help. */
function commandLines(command: Command): readonly string[] {
  const help = command.createHelp();
  const below = helpBelow(command);
  return [
    `.SS "${roff(help.commandUsage(command))}"`,
    roff(sentence(command.description())),
    ...help.visibleArguments(command).flatMap(argumentLines),
    ...optionsOf(command),
    ...command.commands.flatMap(commandLines),
    ...(below === '' ? [] : ['.PP', ...literal(below)]),
  ];
}

function argumentLines(argument: Argument): readonly string[] {
  return ['.TP', `.I ${roff(argument.name())}`, roff(argument.description)];
}

/** --help itself stands among the options of nsdiag. */
function optionsOf(command: Command): readonly string[] {
  const shown = command.createHelp().visibleOptions(command);
  const options = command.parent === null ? shown : shown.filter(({ long }) => long !== '--help');
  return options.flatMap((option: Option) => ['.TP', `.B "${roff(option.flags)}"`, roff(option.description)]);
}

/** What addHelpText() has put below the help: examples, and remarks. */
function helpBelow(command: Command): string {
  const texts: string[] = [];
  command.configureOutput({ writeOut: (text) => void texts.push(text) }).outputHelp();
  return texts.join('').slice(command.helpInformation().length).trim();
}

function tagged(lines: readonly (readonly [tag: string, text: string])[]): readonly string[] {
  return lines.flatMap(([tag, text]) => ['.TP', `.B "${roff(tag)}"`, roff(text)]);
}

function literal(text: string): readonly string[] {
  return ['.nf', ...text.split('\n').map(roff), '.fi'];
}

function sentence(text: string): string {
  const begun = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?)]$/.test(begun) ? begun : `${begun}.`;
}

/** Text that roff takes as it stands: no escapes, no requests, and a minus that can be copied. */
function roff(text: string): string {
  const escaped = text.replaceAll('\\', '\\e').replaceAll('-', '\\-').replaceAll('"', '\\(dq');
  return escaped.replace(/^(?=[.'])/, '\\&');
}
