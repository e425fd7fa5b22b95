/**
 * The whole command line of `nsdiag why`, checked before anything is looked at.
 *
 * @module
 */

import { Failure } from '../../system/failure.ts';
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
}

/** @throws Failure `usage` for words that do not go together. */
export function parseRequest(netns: string, destination: string, options: WhyOptions): WhyRequest {
  const { fix = false, yes = false, json = false } = options;
  const isLive = options.snapshot === undefined;
  if (yes && !fix) throw new Failure('usage', 'Cannot say yes: there is no question without --fix', 'Add --fix');
  if (fix && !isLive) {
    const hint = 'Leave out --snapshot to repair this machine, or run the printed commands where it was taken';
    throw new Failure('usage', 'Cannot run a fix on a snapshot: it is a file', hint);
  }
  return {
    words: parseWords(netns, destination, options),
    json,
    fix: fix ? (yes ? 'yes' : 'ask') : undefined,
    offer: isLive ? offerOf(netns, destination, options) : undefined,
  };
}

/** The same question with --fix. */
function offerOf(netns: string, destination: string, options: QuestionOptions): readonly string[] {
  const { proto, port, size, from, sourcePort } = options;
  const given = Object.entries({ proto, port, size, from, 'source-port': sourcePort }).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name}`, value],
  );
  const operands = [netns, destination];
  // A name may begin like an option.
  return operands.some((word) => word.startsWith('-'))
    ? ['nsdiag', 'why', ...given, '--fix', '--', ...operands]
    : ['nsdiag', 'why', ...operands, ...given, '--fix'];
}
