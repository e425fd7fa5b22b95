/**
 * `nsdiag check FILE`: expectations as a test run.
 *
 * @module
 */

import { readFileSync } from 'node:fs';
import { ALL_RULES } from '../../faults/all.ts';
import type { CheckRun } from '../../report/check.ts';
import { checkDocument, checkErrorDocument } from '../../report/check-json.ts';
import { junitXml } from '../../report/check-junit.ts';
import { tapText } from '../../report/check-tap.ts';
import { jsonText } from '../../report/print-json.ts';
import { checkText } from '../../report/text/check.ts';
import { styleOf } from '../../report/text/style.ts';
import { Failure } from '../../system/failure.ts';
import { readErrorReason } from '../../system/read-error.ts';
import { writeWhole } from '../../system/write-whole.ts';
import { checkAll, exitCodeOf } from '../check/check.ts';
import { type Expectation, parseExpectations } from '../check/expectation.ts';
import { type Define, type ErrorDocument, examples } from '../command.ts';
import type { CommandIo } from '../io.ts';
import { listed } from '../option-list.ts';
import { Progress } from '../progress.ts';
import { onMachine } from '../why/on-machine.ts';
import { onSnapshot } from '../why/on-snapshot.ts';

interface CheckOptions {
  readonly probe: boolean;
  readonly snapshot?: readonly string[];
  readonly junit?: string;
  readonly tap?: boolean;
  readonly json?: boolean;
}

export const errorDocument: ErrorDocument = ({ message, hint }) => checkErrorDocument(message, hint);

export const define: Define = (command, perform) => {
  command
    .argument('<file>', 'YAML: expectations, a list of from, reaches or does-not-reach, and how')
    .option('--no-probe', 'send nothing: model and kernel answer alone')
    .option('--snapshot <file>', 'ask a snapshot, not this machine; again for more of that machine', listed)
    .option('--junit <file>', 'write JUnit XML for a CI system too')
    .option('--tap', 'print TAP 14')
    .option('--json', 'print one JSON document (schema nsdiag.check/1)')
    .addHelpText('after', FORM)
    .addHelpText(
      'after',
      examples([
        ['sudo nsdiag check net.yaml', 'does all hold?'],
        ['sudo nsdiag check net.yaml --junit report.xml', 'in CI'],
        ['nsdiag check net.yaml --snapshot FILE', 'on any machine, without root'],
      ]),
    )
    .addHelpText('after', '\nExit: 0 all hold, 1 some do not, 2 some could not be asked, 3 some are open.')
    .action((file: string, options: CheckOptions) =>
      perform(async (io) => {
        const { probe, snapshot, junit, tap = false, json = false } = options;
        if (tap && json) throw new Failure('usage', 'Cannot print both TAP and JSON', 'Leave out one of --tap, --json');
        const expectations = readExpectations(file);
        const ground =
          snapshot === undefined
            ? await onMachine({ probe, trace: false }, io.signal, undefined)
            : await onSnapshot(snapshot);
        const progress = new Progress(io);
        const at = new Date().toISOString();
        const results = await checkAll(expectations, ground, progress, io.signal).finally(() => progress.done());
        const run: CheckRun = { file, at, results };
        if (junit !== undefined) writeWhole(junit, junitXml(run));
        write(io, run, tap ? 'tap' : json ? 'json' : 'text');
        return exitCodeOf(results);
      }),
    );
};

const FORM = `
The file:
  expectations:
    - { from: web, reaches: db, port: 5432, via: [fw] }
    - { from: guest, does-not-reach: db, port: 5432, dies-in: fw }
Keys: name, from, reaches or does-not-reach, proto, port, size, source;
with reaches: via (namespaces or NS:DEV, in order); with does-not-reach:
dies-in, before (a namespace that it must not get to), code (see explain).`;

/** @throws Failure `bad-file` with every problem of the file. */
function readExpectations(file: string): readonly Expectation[] {
  let text: string;
  try {
    text = readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (error) {
    throw new Failure('bad-file', `Cannot read ${file}: ${readErrorReason(error)}`);
  }
  const parsed = parseExpectations(text, file, new Set(ALL_RULES.map(({ code }) => code)));
  if (parsed.ok) return parsed.value;
  const hint = [...parsed.problems, 'See: nsdiag check --help'].join('\n');
  throw new Failure('bad-file', `Cannot check ${file}: it is no list of expectations`, hint);
}

function write(io: CommandIo, run: CheckRun, form: 'text' | 'tap' | 'json'): void {
  if (form === 'tap') io.stdout.write(tapText(run));
  else if (form === 'json') io.stdout.write(jsonText(checkDocument(run)));
  else io.page(checkText(run, styleOf(io.color.stdout, io.terminal.columns)));
}
