/**
 * Captures to what was asked of them: the report, or the journey of one packet, as text or as one JSON document.
 *
 * @module
 */

import { analysisOf } from '../../postmortem/analysis.ts';
import { type AnalysisVerdict, verdictOf } from '../../postmortem/verdict.ts';
import type { Volume } from '../../postmortem/volume.ts';
import { analyzeDocument } from '../../report/analyze-json.ts';
import { packetDocument } from '../../report/points-json.ts';
import { jsonText } from '../../report/print-json.ts';
import { analysisText } from '../../report/text/analysis.ts';
import { packetJourneyText } from '../../report/text/packet-journey.ts';
import { styleOf } from '../../report/text/style.ts';
import type { CommandIo, ExitCode } from '../io.ts';
import { writeFlowSequence } from './flow-sequence.ts';
import { followPacket } from './packet.ts';
import { type PageOptions, requireOneOutput, writePage } from './page.ts';

export interface ReportOptions extends PageOptions {
  readonly packet?: string;
  readonly flow?: string;
}

const EXIT_CODES: Readonly<Record<AnalysisVerdict, ExitCode>> = {
  fine: 0,
  findings: 1,
  unread: 2,
  'nothing-to-judge': 3,
};

export async function report(files: readonly string[], options: ReportOptions, io: CommandIo): Promise<ExitCode> {
  const { snapshot } = options;
  requireOneOutput(options);
  // Before captures are read, which may take minutes: a snapshot that is none is said at once.
  const ask = snapshot === undefined ? undefined : await (await asking()).askSnapshotFiles(snapshot);
  const { matchCaptures, readCaptures } = await import('./read-captures.ts');
  if (options.flow !== undefined) {
    await writeFlowSequence(options.flow, await readCaptures(files, io), io, options.json === true);
    return 0;
  }
  const volumes: Volume[] = [];
  const { captures, matched } = await matchCaptures(files, io, options.html === undefined ? undefined : volumes);
  const style = styleOf(io.color.stdout, io.terminal.columns);
  if (options.packet !== undefined) {
    const journey = followPacket(options.packet, captures, matched);
    const points = matched?.kind === 'matched' ? matched.analysis.points : [];
    if (options.json === true) writeJson(packetDocument(journey, points, captures), io);
    else io.page(packetJourneyText(journey, points, captures, style));
    return 0;
  }
  const found = analysisOf(captures, matched);
  const hasSnapshot = captures.some(({ snapshots }) => snapshots.length > 0);
  const inquest = hasSnapshot && ask === undefined ? (await asking()).askEmbedded(found, io.stderr) : ask?.(found);
  const { analysis } = inquest ?? { analysis: found };
  if (options.json === true) writeJson(analyzeDocument(analysis, inquest), io);
  else if (options.html !== '-') io.page(analysisText(analysis, style, inquest));
  if (options.html !== undefined) await writePage(io, files, options, analysis, inquest, volumes);
  return EXIT_CODES[verdictOf(analysis)];
}

/** The model and all that it stands on is loaded where there is a host to ask it about. */
function asking() {
  return import('./ask-snapshot.ts');
}

function writeJson(document: unknown, io: CommandIo): void {
  io.stdout.write(jsonText(document));
}
