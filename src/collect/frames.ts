/**
 * What the scripts printed, back to what each command printed in each namespace. The frames are described in script.ts.
 *
 * @module
 */

import { IP_BATCHES } from '../recording/reads.ts';
import type { RecordedOutput } from '../recording/recording.ts';
import { decodeBytes } from './decode.ts';
import { BATCH_KEY } from './script.ts';

/** A shell's exit code for a program that it did not find. */
const NOT_FOUND = 127;

/** What came out of one namespace. */
export interface ReadNamespace {
  readonly outputs: Readonly<Record<string, RecordedOutput>>;
  /** The script came to its end. */
  readonly isComplete: boolean;
  /** Why it could not be entered, in the words of nsenter. */
  readonly complaint: string | undefined;
}

/** By the index of the namespace's file; what stands before any `netns` frame is index 0. */
export function parseFrames(printed: string, mark: string): ReadonlyMap<number, ReadNamespace> {
  const [alone = '', ...rest] = `\n${printed}`.split(`\n${mark} netns `);
  const indexed = rest.map((text) => [Number.parseInt(text, 10), text] as const);
  const all = alone.includes(`\n${mark} `) ? [[0, alone] as const, ...indexed] : indexed;
  return new Map(all.map(([index, text]) => [index, parseNamespace(text, mark)]));
}

function parseNamespace(text: string, mark: string): ReadNamespace {
  const [, ...frames] = text.split(`\n${mark} `);
  const outputs: Record<string, RecordedOutput> = {};
  let isComplete = false;
  let complaint: string | undefined;
  let out: Frame | undefined;
  for (const frame of frames.map(parseFrame)) {
    if (frame.kind === 'out') out = frame;
    else if (frame.kind === 'end' && out !== undefined) Object.assign(outputs, outputsOf(out, frame));
    else if (frame.kind === 'complete') isComplete = true;
    else if (frame.kind === 'left' && frame.words !== '0') complaint = decodeBytes(frame.body).trim();
  }
  return { outputs, isComplete, complaint };
}

/** `KIND WORDS`, and behind it, on lines of its own, the body. */
interface Frame {
  readonly kind: string;
  readonly words: string;
  readonly body: string;
}

function parseFrame(text: string): Frame {
  const [, kind = '', words = ''] = /^(\S*) ?(.*)/.exec(text) ?? [];
  const newline = text.indexOf('\n');
  return { kind, words, body: newline < 0 ? '' : text.slice(newline + 1) };
}

function outputsOf(out: Frame, end: Frame): Readonly<Record<string, RecordedOutput>> {
  const [key = '', command = ''] = decodeBytes(out.words).split('\t');
  const code = Number(end.words);
  const stderr = decodeBytes(end.body);
  const batch = BATCH_KEY.exec(key)?.[1];
  if (batch !== undefined) return code === 0 ? batchOutputs(Number(batch), out.body, stderr) : {};
  const exitCode = code === NOT_FOUND ? null : code;
  return { [key]: { command: command.split(' '), exitCode, stdout: decodeBytes(out.body), stderr } };
}

/** A batch that failed has no place here: its commands follow, each by itself. */
function batchOutputs(index: number, body: string, stderr: string): Readonly<Record<string, RecordedOutput>> {
  const batch = IP_BATCHES[index];
  if (batch === undefined) return {};
  const commands = Object.entries<readonly string[]>(batch.commands);
  const answers = body.trimEnd().split('\n');
  const isOneEach = answers.length === commands.length;
  return Object.fromEntries(
    commands.map(([key, args], place) => [
      key,
      {
        command: ['ip', ...batch.options, ...args],
        exitCode: isOneEach ? 0 : 1,
        stdout: isOneEach ? decodeBytes(answers[place] ?? '') : '',
        stderr: isOneEach ? stderr : `ip -batch gave ${answers.length} answers to ${commands.length} questions`,
      },
    ]),
  );
}
