/**
 * Recorded namespaces for tests: from the outputs that a test is about, and from the fixtures.
 *
 * @module
 */

import { readFileSync } from 'node:fs';
import type { Fact } from '../../src/host/fact.ts';
import { readRecording } from '../../src/recording/read-recording.ts';
import type { RecordedNamespace, RecordedOutput, Recording } from '../../src/recording/recording.ts';

/** A namespace `ns1` in which these commands, by their keys, printed this and succeeded, or ended otherwise. */
export function namespaceWith(
  outputs: Readonly<Record<string, string | Partial<RecordedOutput>>>,
  more: Partial<RecordedNamespace> = {},
): RecordedNamespace {
  return {
    name: 'ns1',
    aliases: [],
    inode: 1,
    entry: { kind: 'named', name: 'ns1' },
    obstacle: null,
    nsids: {},
    outputs: Object.fromEntries(
      Object.entries(outputs).map(([key, output]) => [
        key,
        {
          command: ['ip', key],
          exitCode: 0,
          stdout: '',
          stderr: '',
          ...(typeof output === 'string' ? { stdout: output } : output),
        },
      ]),
    ),
    ...more,
  };
}

/** A recording of test/fixtures/recordings. */
export function fixture(name: 'odd-router' | 'odd-names' | 'three-firewalls'): Recording {
  const read = readRecording(fixtureText(name));
  if (read.kind !== 'recording') throw new Error(`${name}: ${read.why}`);
  return read.recording;
}

export function fixtureText(name: string): string {
  return readFileSync(new URL(`../fixtures/recordings/${name}.json`, import.meta.url), 'utf8');
}

/** One namespace of a recording. */
export function namespaceOf(recording: Recording, name: string): RecordedNamespace {
  const namespace = recording.namespaces.find((each) => each.name === name);
  if (namespace === undefined) throw new Error(`no namespace ${name}`);
  return namespace;
}

/** The value of a fact that a test has good reason to expect. */
export function valueIn<T>(fact: Fact<T>): T {
  if (!fact.known) throw new Error(`unknown: ${fact.why}`);
  return fact.value;
}
