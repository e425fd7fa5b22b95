/**
 * `nsdiag snapshot`: the state of every namespace as one file, to be asked later and elsewhere.
 *
 * @module
 */

import { collect } from '../../collect/collect.ts';
import { writeRecording } from '../../recording/read-recording.ts';
import type { Recording } from '../../recording/recording.ts';
import { escapeJson, escapeText } from '../../report/escape.ts';
import { writeWhole } from '../../system/write-whole.ts';
import { type Define, examples } from '../command.ts';
import type { CommandIo } from '../io.ts';
import { keyedBy } from '../keyed-by.ts';
import { Progress } from '../progress.ts';
import { VERSION } from '../version.ts';

/** How many namespaces are named; a container host has hundreds. */
const MOST_NAMES = 8;

export const define: Define = (command, perform) => {
  command
    .option('-o, --output <file>', 'write it there, whole or not at all; without, it goes to stdout')
    .option('--from <file>', 'not of this machine: read one that was taken before, to redact it')
    .option('--redact', 'with other addresses, MACs and names, to be shown to strangers; answers stay the same')
    .option('--redact-key <word>', 'the same; with the same word, the same replacements as another time')
    .addHelpText(
      'after',
      examples([
        ['sudo nsdiag snapshot -o net.json', 'keep how the network is now'],
        ['nsdiag why ns1 10.0.2.1 --snapshot net.json', 'ask it later, without root'],
        ['nsdiag snapshot --from net.json --redact -o shared.json', 'to be shown to strangers'],
      ]),
    )
    .addHelpText(
      'after',
      '\nUnless redacted, it holds addresses, firewall rules, names of processes.\nNothing on the machine is changed.',
    )
    .action((options: SnapshotOptions) =>
      perform(async (io) => {
        const recording = await redacted(await recordingOf(options, io), options);
        const text = writeRecording(recording);
        if (options.output === undefined) io.stdout.write(escapeJson(text));
        else writeWhole(options.output, text);
        for (const line of summaryOf(recording)) io.stderr.write(`${escapeText(line)}\n`);
        return 0;
      }),
    );
};

interface SnapshotOptions {
  readonly output?: string;
  readonly from?: string;
  readonly redact?: boolean;
  readonly redactKey?: string;
}

async function recordingOf({ from }: SnapshotOptions, io: CommandIo): Promise<Recording> {
  if (from !== undefined) return (await import('../why/snapshot-file.ts')).readSnapshots([from]);
  const progress = new Progress(io);
  progress.tell('Reading every namespace');
  return collect({ version: VERSION, signal: io.signal }).finally(() => progress.done());
}

async function redacted(recording: Recording, { redact, redactKey }: SnapshotOptions): Promise<Recording> {
  if (redact !== true && redactKey === undefined) return recording;
  const { redactorOf } = await import('../../redact/redactor.ts');
  return redactorOf(recording, [], keyedBy(redactKey)).recording(recording);
}

/** How much was looked at, and what could not be. */
function summaryOf({ namespaces, notes }: Recording): readonly string[] {
  const read = namespaces.filter(({ obstacle }) => obstacle === null);
  const names = read.slice(0, MOST_NAMES).map(({ name }) => name);
  const more = read.length > names.length ? `, and ${read.length - names.length} more` : '';
  const failed = read.flatMap(({ name, outputs }) =>
    Object.values(outputs).flatMap(({ command, exitCode }) => (exitCode === null ? [`${name}: no ${command[0]}`] : [])),
  );
  const obstacles = namespaces.flatMap(({ name, obstacle }) => (obstacle === null ? [] : [`${name}: ${obstacle}`]));
  return [
    `nsdiag: recorded ${read.length} of ${namespaces.length} namespaces: ${names.join(', ')}${more}`,
    ...[...obstacles, ...failed, ...notes].map((line) => `nsdiag: ${line}`),
  ];
}
