/**
 * The document of `why --json` when there is no answer: the question as far as it can be read from a command line
 * that may itself be what is wrong.
 *
 * @module
 */

import { type QuestionDocument, type WhyDocument, whyErrorDocument } from '../../report/json.ts';
import type { ErrorDocument } from '../command.ts';

/** Options that take the word behind them. */
const WITH_VALUE: ReadonlySet<string> = new Set([
  '--proto',
  '--port',
  '--size',
  '--from',
  '--source-port',
  '--snapshot',
  '--html',
  '--redact-key',
]);

export const errorDocument: ErrorDocument = ({ message, hint }, words): WhyDocument => {
  const question = questionIn(words);
  const isRedacted = words.some((word) => word.startsWith('--redact'));
  return whyErrorDocument(isRedacted ? { ...question, ...UNTOLD } : question, message, hint);
};

/** With --redact: what the words mean was not found out, so none of them is shown. */
const UNTOLD = { netns: null, destination: null, name: null, from: null };

function questionIn(words: readonly string[]): QuestionDocument {
  const operands: string[] = [];
  const values = new Map<string, string>();
  let onlyOperands = false;
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? '';
    if (onlyOperands || !word.startsWith('-')) operands.push(word);
    else if (word === '--') onlyOperands = true;
    else if (WITH_VALUE.has(word)) values.set(word, words[++index] ?? '');
    else if (word.includes('=')) values.set(word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1));
  }
  const [, netns = null, destination = null] = operands;
  const port = portIn(values.get('--port'));
  const proto = protoIn(values.get('--proto') ?? (port === null ? 'icmp' : 'tcp'));
  const sourcePort = portIn(values.get('--source-port'));
  return { netns, destination, proto, port, name: null, from: values.get('--from') ?? null, sourcePort };
}

function protoIn(text: string): QuestionDocument['proto'] {
  return text === 'icmp' || text === 'tcp' || text === 'udp' ? text : null;
}

function portIn(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,5}$/.test(text) && Number(text) <= 65_535 ? Number(text) : null;
}
