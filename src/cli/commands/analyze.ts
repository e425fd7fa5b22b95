/**
 * `nsdiag analyze FILE...`: what saved captures say.
 *
 * @module
 */

import { isUnread } from '../../postmortem/verdict.ts';
import { analyzeErrorDocument } from '../../report/analyze-json.ts';
import { FILTER_HELP } from '../analyze/flow-filter.ts';
import { FLOW_SORTS, type FlowOptions, flowRequest, writeFlows } from '../analyze/list-flows.ts';
import { requireOneAnswer } from '../analyze/one-answer.ts';
import { type ReportOptions, report } from '../analyze/report.ts';
import { requireNames, tellUnread } from '../analyze/unread.ts';
import { type Define, type ErrorDocument, examples } from '../command.ts';
import { listed } from '../option-list.ts';

export const errorDocument: ErrorDocument = ({ message, hint }) => analyzeErrorDocument(message, hint);

export const define: Define = (command, perform) => {
  command
    .argument('<file...>', 'captures (pcap, pcapng, gzip); - is standard input')
    .option('--packet <file:number>', 'follow one packet through all captures, instead of a report')
    .option('--flow <n>', 'draw one flow packet by packet, instead of a report; of several captures FILE:N')
    .option(
      '--snapshot <file>',
      'ask this snapshot of the host why the packets died; again for more of that host',
      listed,
    )
    .option('--flows', 'list the flows, both directions in one, instead of a report')
    .option('--filter <expression>', 'of the flows, those of which this is true')
    .option('--sort <key>', `by ${FLOW_SORTS.join(', ')}`)
    .option('--top <n>', 'so many flows; of those with most bytes, unless sorted')
    .option('--json-lines', 'the flows as JSON, one a line')
    .option('--csv', 'the flows as CSV')
    .option('--html <file>', 'write the report as a page to attach to a ticket too; - for stdout, in place of the text')
    .option('--json', 'print one JSON document (schema nsdiag.analyze/1; with --flows nsdiag.flows/1)')
    .addHelpText('after', `\n${FILTER_HELP}`)
    .addHelpText(
      'after',
      examples([
        ['nsdiag analyze trace.pcap', 'what went wrong there?'],
        ['nsdiag analyze a.pcap b.pcap', 'what was lost from one place to the other?'],
        ['nsdiag analyze a.pcap b.pcap --packet a.pcap:7', 'where did this packet go?'],
        [
          'nsdiag analyze trace.pcap --top 10 --filter "port 443 and again > 0"',
          'the largest flows that lost segments',
        ],
        ['nsdiag analyze trace.pcap --snapshot FILE', 'and which command repairs it?'],
        ['nsdiag analyze trace.pcap --html trace.html', 'one page to attach to a ticket'],
        ['nsdiag analyze trace.pcap --flow 3', 'who sent what when?'],
        ['tcpdump -w - | nsdiag analyze -', 'read a pipe to its end'],
      ]),
    )
    .action((files: readonly string[], options: ReportOptions & FlowOptions) =>
      perform(async (io) => {
        requireNames(files);
        const request = flowRequest(options);
        requireOneAnswer(options, request);
        if (request === undefined) return report(files, options, io);
        const { readCaptures } = await import('../analyze/read-captures.ts');
        const captures = await readCaptures(files, io);
        tellUnread(captures, io);
        writeFlows(captures, request, io);
        return captures.every(isUnread) ? 2 : 0;
      }),
    );
};
