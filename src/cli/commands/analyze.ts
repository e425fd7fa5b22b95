/**
 * `nsdiag analyze FILE...`: what saved captures say.
 *
 * @module
 */

import { analysisOf } from '../../postmortem/analysis.ts';
import { analyzeDocument } from '../../report/analyze-json.ts';
import { escapeJson } from '../../report/escape.ts';
import { analysisText } from '../../report/text/analysis.ts';
import { styleOf } from '../../report/text/style.ts';
import { readCaptures } from '../analyze/read-captures.ts';
import { type Define, examples } from '../command.ts';

export const define: Define = (command, perform) => {
  command
    .argument('<file...>', 'captures (pcap, pcapng, gzip); - is standard input')
    .option('--json', 'print one JSON document (schema nsdiag.analyze/1)')
    .addHelpText(
      'after',
      examples([
        ['nsdiag analyze trace.pcap', 'what went wrong there?'],
        ['tcpdump -w - | nsdiag analyze -', 'read a pipe to its end'],
      ]),
    )
    .action((files: readonly string[], { json = false }: { json?: boolean }) =>
      perform(async (io) => {
        const analysis = analysisOf(await readCaptures(files, io));
        if (json) io.stdout.write(`${escapeJson(JSON.stringify(analyzeDocument(analysis), undefined, 2))}\n`);
        else io.stdout.write(analysisText(analysis, styleOf(io.color.stdout, io.terminal.columns)));
        if (analysis.captures.every(({ summary }) => summary.format === undefined)) return 2;
        return analysis.findings.some(({ severity }) => severity !== 'note') ? 1 : 0;
      }),
    );
};
