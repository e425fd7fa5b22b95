/**
 * The text of a snapshot file to a recording, or why it is none. Files come from other people and other machines:
 * whatever is in them, the answer is a value.
 *
 * @module
 */

import * as v from 'valibot';
import { RECORDING_SCHEMA, type Recording, RecordingSchema } from './recording.ts';

const OUR_START = '{"schema":"nsdiag.snapshot/';

/** Narrow on `kind`. `why` finishes the sentence "Cannot read FILE:". */
export type ReadRecording =
  | { readonly kind: 'recording'; readonly recording: Recording }
  | { readonly kind: 'unreadable'; readonly why: string };

/** Read what `writeRecording` wrote. */
export function readRecording(text: string): ReadRecording {
  if (text.trim() === '') return unreadable('it is empty');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return unreadable(jsonProblem(text, error));
  }
  const schema = schemaOf(value);
  if (schema === undefined) return unreadable('it is JSON, but not a snapshot of nsdiag');
  if (schema !== RECORDING_SCHEMA) {
    return unreadable(`it is in the format ${JSON.stringify(schema)}, and this nsdiag reads ${RECORDING_SCHEMA}`);
  }
  const checked = v.safeParse(RecordingSchema, value, { abortEarly: true });
  if (checked.success) return { kind: 'recording', recording: checked.output };
  const [issue] = checked.issues;
  return unreadable(`${v.getDotPath(issue) ?? 'the document'} is not what it should be: ${issue.message}`);
}

/** The text of a snapshot file. */
export function writeRecording(recording: Recording): string {
  return `${JSON.stringify(recording, undefined, 1)}\n`;
}

function unreadable(why: string): ReadRecording {
  return { kind: 'unreadable', why };
}

function schemaOf(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || !('schema' in value)) return undefined;
  const { schema } = value;
  return typeof schema === 'string' && schema.startsWith('nsdiag.snapshot/') ? schema : undefined;
}

/** Cut files are common (a full disk, a broken copy) and told apart from files that never were a snapshot. */
function jsonProblem(text: string, error: unknown): string {
  if (!looksLikeOurs(text)) return 'it is not a snapshot of nsdiag';
  const message = error instanceof Error ? error.message : String(error);
  const position = /at position (\d+)/.exec(message)?.[1];
  const bytes = new TextEncoder().encode(text).length;
  const isCut = position === undefined || Number(position) >= text.trimEnd().length || /Unterminated/.test(message);
  return isCut
    ? `it is cut off after ${bytes} bytes`
    : `it is damaged at character ${position}: that is no JSON any more`;
}

/** Whether the text begins as `writeRecording` begins it, as far as it goes. */
function looksLikeOurs(text: string): boolean {
  const start = text.slice(0, 2 * OUR_START.length).replace(/\s+/g, '');
  return OUR_START.startsWith(start.slice(0, OUR_START.length));
}
