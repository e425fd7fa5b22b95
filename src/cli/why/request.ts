/**
 * The whole command line of `nsdiag why`, checked before anything is looked at.
 *
 * @module
 */

import { Failure } from '../../system/failure.ts';
import type { PageRequest } from './page.ts';
import type { RedactRequest } from './redacted.ts';
import type { WhyRequest } from './why.ts';
import { parseWords, type QuestionOptions } from './words.ts';

/** Every option, as commander hands it over. */
export interface WhyOptions extends QuestionOptions {
  readonly probe: boolean;
  readonly trace: boolean;
  /** Files, at least one. */
  readonly snapshot?: readonly string[];
  readonly fix?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
  /** A file, or `-`. */
  readonly html?: string;
  readonly redact?: boolean;
  readonly redactKey?: string;
}

/** @throws Failure `usage` for words that do not go together. */
export function parseRequest(netns: string, destination: string, options: WhyOptions): WhyRequest {
  const { fix = false, yes = false, json = false } = options;
  const isLive = options.snapshot === undefined;
  const redact = redactRequest(netns, destination, options);
  if (yes && !fix) throw new Failure('usage', 'Cannot say yes: there is no question without --fix', 'Add --fix');
  if (fix && !isLive) {
    const hint = 'Leave out --snapshot to repair this machine, or run the printed commands where it was taken';
    throw new Failure('usage', 'Cannot run a fix on a snapshot: it is a file', hint);
  }
  const page = pageRequest(netns, destination, options);
  return {
    words: parseWords(netns, destination, options),
    json,
    fix: fix ? (yes ? 'yes' : 'ask') : undefined,
    offer:
      isLive && redact === undefined ? commandLine(netns, destination, givenOptions(options), ['--fix']) : undefined,
    page,
    redact,
  };
}

/** @throws Failure `usage` for a fix that could only be run in the words that are to be hidden. */
function redactRequest(netns: string, destination: string, options: WhyOptions): RedactRequest | undefined {
  const { redact = false, redactKey, fix = false, snapshot = [], html } = options;
  if (!redact && redactKey === undefined) return undefined;
  if (fix) {
    throw new Failure(
      'usage',
      'Cannot run a redacted fix: its names are not those of this machine',
      'Leave out --redact',
    );
  }
  return {
    key: redactKey,
    typed: [netns, destination, ...snapshot, ...(html === undefined || html === '-' ? [] : [html])],
  };
}

/** @throws Failure `usage` where stdout would hold two things. */
function pageRequest(netns: string, destination: string, options: WhyOptions): PageRequest | undefined {
  const { html: file, json = false, fix = false, snapshot = [], probe, trace, redact, redactKey } = options;
  if (file === undefined) return undefined;
  if (file === '-' && (json || fix)) {
    const other = json ? '--json prints a document' : '--fix prints what it runs';
    throw new Failure('usage', `Cannot print the page: ${other} there`, 'Give --html a file');
  }
  const flags = { '--no-probe': !probe, '--no-trace': !trace, '--redact': redact || redactKey !== undefined };
  const more = Object.entries(flags).flatMap(([flag, isGiven]) => (isGiven ? [flag] : []));
  const given = [...givenOptions(options), ...more, ...snapshot.flatMap((each) => ['--snapshot', each])];
  return { file, commandLine: commandLine(netns, destination, given, ['--html', file]) };
}

function givenOptions({ proto, port, size, from, sourcePort }: QuestionOptions): readonly string[] {
  const given = { proto, port, size, from, 'source-port': sourcePort };
  return Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`, value]));
}

/** The same question; a name may begin like an option. */
function commandLine(
  netns: string,
  destination: string,
  given: readonly string[],
  last: readonly string[],
): readonly string[] {
  const operands = [netns, destination];
  return operands.some((word) => word.startsWith('-'))
    ? ['nsdiag', 'why', ...given, ...last, '--', ...operands]
    : ['nsdiag', 'why', ...operands, ...given, ...last];
}
