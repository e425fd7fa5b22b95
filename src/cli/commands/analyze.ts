/**
 * `nsdiag analyze FILE...`: what saved captures say.
 *
 * @module
 */

import { randomInt } from 'node:crypto';
import { analysisOf } from '../../postmortem/analysis.ts';
import { PointRecorder } from '../../postmortem/points/point-recorder.ts';
import { analyzeDocument } from '../../report/analyze-json.ts';
import { escapeJson } from '../../report/escape.ts';
import { packetDocument } from '../../report/points-json.ts';
import { analysisText } from '../../report/text/analysis.ts';
import { packetJourneyText } from '../../report/text/packet-journey.ts';
import { styleOf } from '../../report/text/style.ts';
import { FILTER_HELP } from '../analyze/flow-filter.ts';
import { FLOW_SORTS, type FlowOptions, flowRequest, writeFlows } from '../analyze/list-flows.ts';
import { followPacket } from '../analyze/packet.ts';
import { readCaptures } from '../analyze/read-captures.ts';
import { type Define, examples } from '../command.ts';

export const define: Define = (command, perform) => {
  command
    .argument('<file...>', 'captures (pcap, pcapng, gzip); - is standard input')
    .option('--packet <file:number>', 'follow one packet through all captures, instead of a report')
    .option('--flows', 'list the flows, both directions in one, instead of a report')
    .option('--filter <expression>', 'of the flows, those of which this is true')
    .option('--sort <key>', `by ${FLOW_SORTS.join(', ')}`)
    .option('--top <n>', 'so many flows; of those with most bytes, unless sorted')
    .option('--json-lines', 'the flows as JSON, one a line')
    .option('--csv', 'the flows as CSV')
    .option('--json', 'print one JSON document (schema nsdiag.analyze/1)')
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
        ['tcpdump -w - | nsdiag analyze -', 'read a pipe to its end'],
      ]),
    )
    .action(
      (
        files: readonly string[],
        { json = false, packet, ...flows }: { json?: boolean; packet?: string } & FlowOptions,
      ) =>
        perform(async (io) => {
          const request = flowRequest(flows);
          if (request !== undefined) {
            const captures = await readCaptures(files, io);
            writeFlows(captures, request, io);
            return captures.every(({ summary }) => summary.format === undefined) ? 2 : 0;
          }
          const recorder = new PointRecorder(randomInt(2 ** 32));
          const captures = await readCaptures(files, io, recorder);
          const matched = recorder.finish();
          const analysis = analysisOf(captures, matched?.analysis);
          const style = styleOf(io.color.stdout, io.terminal.columns);
          if (packet !== undefined) {
            const journey = followPacket(packet, captures, matched);
            const points = matched?.analysis.points ?? [];
            io.stdout.write(
              json
                ? `${escapeJson(JSON.stringify(packetDocument(journey, points, captures), undefined, 2))}\n`
                : packetJourneyText(journey, points, captures, style),
            );
            return 0;
          }
          if (json) io.stdout.write(`${escapeJson(JSON.stringify(analyzeDocument(analysis), undefined, 2))}\n`);
          else io.stdout.write(analysisText(analysis, style));
          if (analysis.captures.every(({ summary }) => summary.format === undefined)) return 2;
          return analysis.findings.some(({ severity }) => severity !== 'note') ? 1 : 0;
        }),
    );
};
