/**
 * From what one command printed to a fact: what a program that is missing, that failed, or that printed something
 * unexpected means for the value that was to be read from it.
 *
 * @module
 */

import * as v from 'valibot';
import { bridgeIn, inNetns, ipIn } from '../host/commands-enter.ts';
import { type Fact, known, type Source, unknown } from '../host/fact.ts';
import { parseIprouteJson } from './iproute-json.ts';
import type { RecordedNamespace, RecordedOutput } from './recording.ts';

/** What the recording holds under the key, however the command ended. */
export function recordedOutput(namespace: RecordedNamespace, key: string): RecordedOutput | undefined {
  return Object.hasOwn(namespace.outputs, key) ? namespace.outputs[key] : undefined;
}

/** What a command printed, when it ran and succeeded. */
export function outputOf(namespace: RecordedNamespace, key: string): Fact<RecordedOutput> {
  const output = recordedOutput(namespace, key);
  if (namespace.obstacle !== null) return unknown(namespace.obstacle);
  if (output === undefined) return unknown(`the snapshot does not say: it holds no "${key}"`);
  if (output.exitCode === null) return unknown(`${output.command[0]} is not installed`);
  if (output.exitCode !== 0) return unknown(failureOf(output));
  return known(output, sourceOf(namespace, output.command));
}

/** The rows of JSON that a command of iproute2 printed, each checked against the schema. */
export function rowsOf<const Schema extends v.GenericSchema>(
  namespace: RecordedNamespace,
  key: string,
  schema: Schema,
  mend: (json: string) => string = (json) => json,
): Fact<readonly v.InferOutput<Schema>[]> {
  const output = outputOf(namespace, key);
  if (!output.known)
    return isWithoutFamily(namespace, key) ? known([], sourceOf(namespace, ['ip', '-6', 'route'])) : output;
  const said = commandText(output.value);
  let rows: unknown;
  try {
    rows = parseIprouteJson(mend(output.value.stdout));
  } catch (error) {
    return unknown(`${said} printed no JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  const checked = v.safeParse(v.array(schema), rows, { abortEarly: true });
  if (checked.success) return known(checked.output, output.source);
  const [issue] = checked.issues;
  return unknown(`${said} printed what nsdiag cannot read: ${v.getDotPath(issue) ?? 'the list'}: ${issue.message}`);
}

/** A kernel without IPv6 (built without, or `ipv6.disable=1`) has no routes and no rules of it. */
function isWithoutFamily(namespace: RecordedNamespace, key: string): boolean {
  const stderr = recordedOutput(namespace, key)?.stderr ?? '';
  return key.endsWith('6') && /Address family not supported|Operation not supported/.test(stderr);
}

/** How a person sees the same again: without the options that are for programs. */
export function sourceOf(namespace: Pick<RecordedNamespace, 'entry'>, command: readonly string[]): Source {
  const [program = '', ...args] = command.filter((word) => !/^-(j|d|N)$/.test(word));
  if (program === 'ip') return { command: ipIn(namespace, args) };
  if (program === 'bridge') return { command: bridgeIn(namespace, args) };
  return { command: inNetns(namespace, [program, ...args]) };
}

function failureOf(output: RecordedOutput): string {
  const firstLine = output.stderr.trim().split('\n', 1)[0];
  return `${commandText(output)} ended with exit code ${output.exitCode}${firstLine ? `: ${firstLine}` : ''}`;
}

function commandText(output: RecordedOutput): string {
  return `"${output.command.join(' ')}"`;
}
