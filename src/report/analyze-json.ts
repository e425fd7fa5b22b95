/**
 * An analysis as the document of `nsdiag analyze --json`, schema `nsdiag.analyze/1` (schemas/analyze-1.schema.json).
 *
 * Keys are only ever added within a version. `null` is what does not apply or is not known; nothing is left out.
 *
 * @module
 */

import type { Inquest } from '../inquest/inquest.ts';
import type { Analysis } from '../postmortem/analysis.ts';
import type { Frame } from '../postmortem/frame.ts';
import { answerDocument, snapshotDocument, trafficDocument } from './inquest-json.ts';
import { isoTime } from './iso-time.ts';
import { pointsDocument } from './points-json.ts';
import { analysisOutcome } from './text/analysis-outcome.ts';

/** The whole document, as a value for JSON.stringify. @param inquest Of the same analysis, where a snapshot was given. */
export function analyzeDocument(analysis: Analysis, inquest?: Inquest) {
  const { captures, findings, points } = analysis;
  const outcome = analysisOutcome(analysis, inquest);
  const frame = ({ capture, number, timestampNs }: Frame) => ({
    file: captures[capture]?.path ?? null,
    number,
    time: isoTime(timestampNs),
  });
  return {
    schema: 'nsdiag.analyze/1',
    verdict: outcome.verdict,
    summary: outcome.sentence,
    files: captures.map(({ path, summary, interfaces, firstNs, lastNs, notRead }) => ({
      path,
      format: summary.format ?? null,
      packets: summary.packets,
      bytes: summary.bytes,
      interfaces: interfaces.map(({ name, linkType }) => ({ name: name ?? null, linkType })),
      first: firstNs === undefined ? null : isoTime(firstNs),
      last: lastNs === undefined ? null : isoTime(lastNs),
      notRead: [...notRead].map(([what, packets]) => ({ what, packets })),
      error: summary.problem ?? null,
    })),
    flows: {
      count: captures.reduce((sum, { flows }) => sum + flows.count, 0),
      truncated: captures.some(({ flows }) => flows.held < flows.count),
    },
    findings: findings.map((finding) => ({
      code: finding.code,
      severity: finding.severity,
      what: finding.what,
      why: finding.why,
      frames: finding.frames.map(frame),
      count: finding.count,
      likely: finding.likely,
      confirm: finding.confirm ?? null,
      cannotTell: finding.cannotTell ?? null,
      about: trafficDocument(finding.about),
      alsoIn: (finding.alsoIn ?? []).map(({ capture, count }) => ({ file: captures[capture]?.path ?? null, count })),
      echoes: (finding.echoes ?? []).map(({ code, severity, what, frames, count }) => ({
        code,
        severity,
        what,
        frames: frames.map(frame),
        count,
      })),
      model: answerDocument(inquest?.answers.get(finding)),
    })),
    snapshot: inquest === undefined ? null : snapshotDocument(inquest),
    ...pointsDocument(points, captures),
    notes: [...analysis.notes, ...(points?.notes ?? [])],
  };
}

/** The document for a question that could not be looked into at all. */
export function analyzeErrorDocument(message: string, hint: string | undefined): unknown {
  return {
    ...analyzeDocument({ captures: [], findings: [], points: undefined, notes: [] }),
    verdict: 'unread',
    summary: message,
    notes: hint === undefined ? [] : [hint],
  };
}
