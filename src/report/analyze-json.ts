/**
 * An analysis as the document of `nsdiag analyze --json`, schema `nsdiag.analyze/1` (schemas/analyze-1.schema.json).
 *
 * Keys are only ever added within a version. `null` is what does not apply or is not known; nothing is left out.
 *
 * @module
 */

import type { Analysis } from '../postmortem/analysis.ts';
import type { Frame } from '../postmortem/frame.ts';
import { isoTime } from './iso-time.ts';
import { pointsDocument } from './points-json.ts';

/** The whole document, as a value for JSON.stringify. */
export function analyzeDocument({ captures, findings, points }: Analysis): unknown {
  const frame = ({ capture, number, timestampNs }: Frame) => ({
    file: captures[capture]?.path ?? null,
    number,
    time: isoTime(timestampNs),
  });
  return {
    schema: 'nsdiag.analyze/1',
    files: captures.map(({ path, summary }) => ({
      path,
      format: summary.format ?? null,
      packets: summary.packets,
      bytes: summary.bytes,
      error: summary.problem ?? null,
    })),
    findings: findings.map(({ code, severity, what, why, frames, count, likely, confirm, cannotTell }) => ({
      code,
      severity,
      what,
      why,
      frames: frames.map(frame),
      count,
      likely,
      confirm: confirm ?? null,
      cannotTell: cannotTell ?? null,
    })),
    ...pointsDocument(points, captures),
  };
}
