/**
 * What a redaction is held to: nothing of the original is left, and the network is the same one.
 *
 * @module
 */

import { createHmac } from 'node:crypto';
import type { Prediction } from '../../src/diagnosis/diagnosis.ts';
import { predict } from '../../src/diagnosis/predict.ts';
import { isLinkLocal, isLoopback, isMulticast, parseAddress } from '../../src/net/address.ts';
import type { Recording } from '../../src/recording/recording.ts';
import { hostOf } from '../../src/recording/to-host.ts';
import type { Keyed } from '../../src/redact/keyed.ts';
import { namesIn } from '../../src/redact/known-names.ts';
import { isKnownWord, programPart } from '../../src/redact/known-words.ts';
import { type Redactor, redactorOf } from '../../src/redact/redactor.ts';
import type { Question } from '../../src/walk/question.ts';

/** A key that a test can name. */
export function keyedWith(key: string): Keyed {
  return (text) => createHmac('sha256', key).update(text, 'utf8').digest();
}

/**
 * Addresses, MACs and names of the recording that are still in a text made of its redaction. Found by other means than the
 * redactor's own: whatever stands between two characters that no address or name is made of.
 */
export function leaksIn(text: string, recording: Recording, redactor: Redactor): readonly string[] {
  const before = JSON.stringify(recording.namespaces);
  const originals = [...new Set([...numbersIn(before)])].filter((each) => isOwn(each));
  // What one address becomes may be what another one was.
  const images = new Set(originals.map((each) => redactor.text(each)));
  const now = new Set(numbersIn(text));
  const numbers = originals.filter((each) => now.has(each) && !images.has(each));
  const names = namesIn(recording).names.filter(({ name, kind }) =>
    kind === 'ns' ? name !== 'host' : !isKnownWord(name) && programPart(name) !== name,
  );
  const unmistakable = names
    .filter(({ name }) => !isKnownWord(name))
    .map(({ name }) => JSON.stringify(name).slice(1, -1));
  return [...numbers, ...unmistakable.filter((name) => standsIn(name, text))];
}

/**
 * What the model answers to a question about the recording, told in the words of the redaction; and what it answers about
 * the redaction. With what of the first is still in the second.
 */
export function inOtherWords(recording: Recording, question: Question) {
  const redactor = redactorOf(recording, [], keyedWith('other words'));
  const shown = redactor.recording(recording);
  const told = answerOf(predict(hostOf(recording), question), recording);
  const other = predict(hostOf(shown), redactor.value(question));
  return {
    plain: { ...told, fix: redactor.value(told.fix) },
    redacted: answerOf(other, shown),
    leaks: leaksIn(
      JSON.stringify(other.causes, (_, value) => (typeof value === 'bigint' ? '' : value)),
      recording,
      redactor,
    ),
  };
}

/** A MAC that the fix makes up is another one in each network. */
function answerOf({ causes, proof }: Prediction, recording: Recording) {
  const printed = JSON.stringify(recording.namespaces);
  const known = (word: string) => (isMac(word) && !printed.includes(word) ? 'a new MAC' : word);
  return {
    codes: causes.map(({ finding }) => `${finding.code} ${finding.leg}`),
    fix: causes.map(({ fix }) => fix.map(({ argv }) => argv.map(known))),
    proof,
  };
}

/** Runs of what addresses are made of, with and without a full stop or colon behind them. */
function numbersIn(text: string): readonly string[] {
  const runs =
    text.toLowerCase().match(/(?<![0-9a-z_])[0-9a-f][0-9a-f.:]*(?:[0-9a-f]|::)(?![0-9a-z_])|::[0-9a-f.:]*/g) ?? [];
  return runs.filter((run) => isMac(run) || parseAddress(run) !== undefined);
}

function isMac(text: string): boolean {
  return /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/.test(text);
}

/** Of which nothing is left to be replaced when they stand for the whole range. */
const BLOCKS: ReadonlySet<string> = new Set([
  '10.0.0.0',
  '172.16.0.0',
  '192.168.0.0',
  '100.64.0.0',
  'fe80::',
  'fc00::',
]);

/** What is not the same on every machine. */
function isOwn(text: string): boolean {
  if (isMac(text)) return !/^(00:00:00:00:00:00|ff:ff:ff:ff:ff:ff|01:|33:33:(?!ff)|00:00:5e)/.test(text);
  const address = parseAddress(text);
  if (address === undefined || BLOCKS.has(address) || isLoopback(address) || isMulticast(address)) return false;
  if (!address.includes(':')) return !/^(0|2[4-5]\d)\./.test(address) && !isLinkLocal(address);
  return !/^::/.test(address) && !/^fe80::([0-9a-f]{0,4})$/.test(address);
}

function standsIn(name: string, text: string): boolean {
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1)) {
    const [before = '', after = ''] = [text[at - 1], text[at + name.length]];
    if (!/[\p{L}\p{N}_-]/u.test(before) && !/[\p{L}\p{N}_-]/u.test(after)) return true;
  }
  return false;
}

/** What is left of a value without its words: how many there are of everything, and every number that is no address. */
export function shapeOf(value: unknown): unknown {
  if (typeof value === 'string') return 'text';
  if (typeof value === 'bigint') return 'bits';
  if (value instanceof Map) return value.size;
  if (Array.isArray(value)) return value.map(shapeOf);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, KEPT.has(key) ? each : shapeOf(each)]));
}

/** Words of the model, which no redaction may change. */
const KEPT: ReadonlySet<string> = new Set([
  'kind',
  'family',
  'machinery',
  'hook',
  'type',
  'state',
  'scope',
  'code',
  'leg',
]);
