/**
 * What a person should know about how one namespace was read, besides the facts that are unknown.
 *
 * @module
 */

import { outputOf } from './output.ts';
import type { RecordedNamespace } from './recording.ts';

/** Programs that succeed and complain all the same say that something changed while they looked. */
const COMPLAINED = /interrupted|inconsistent|truncated|incompatible/i;

/** Sentences, each beginning with the namespace. */
export function notesOf(namespace: RecordedNamespace): readonly string[] {
  if (namespace.obstacle !== null) return [];
  const qdiscs = outputOf(namespace, 'qdisc');
  const complaints = Object.values(namespace.outputs).flatMap(({ command, exitCode, stderr }) => {
    const line = stderr.split('\n').find((each) => COMPLAINED.test(each));
    return exitCode === 0 && line !== undefined ? [`${namespace.name}: "${command.join(' ')}" said: ${line}`] : [];
  });
  return qdiscs.known
    ? complaints
    : [...complaints, `${namespace.name}: nobody looked for qdiscs and filters that drop packets: ${qdiscs.why}`];
}
