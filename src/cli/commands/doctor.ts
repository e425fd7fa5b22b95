/**
 * `nsdiag doctor`: what this machine has of all that nsdiag uses, and what each missing thing costs.
 *
 * @module
 */

import { jsonText } from '../../report/print-json.ts';
import { checkupText } from '../../report/text/checkup.ts';
import { styleOf } from '../../report/text/style.ts';
import { type Define, type ErrorDocument, examples } from '../command.ts';
import { checkMachine } from '../doctor.ts';

export const define: Define = (command, perform) => {
  command
    .option('--json', 'print one JSON document instead of text')
    .addHelpText(
      'after',
      examples([
        ['sudo nsdiag doctor', 'before the outage'],
        ['nsdiag doctor --json', 'for a script; exit code 1 when something is missing'],
      ]),
    )
    .action((options: { json?: boolean }) =>
      perform(async (io) => {
        const checks = await checkMachine(io.signal);
        const text = options.json
          ? jsonText({ schema: 'nsdiag.doctor/1', checks })
          : checkupText(checks, styleOf(io.color.stdout, io.terminal.columns));
        io.page(text);
        return checks.every(({ isThere }) => isThere) ? 0 : 1;
      }),
    );
};

export const errorDocument: ErrorDocument = ({ message, hint }) => ({
  schema: 'nsdiag.doctor/1',
  checks: [],
  error: { message, hint: hint ?? null },
});
