/**
 * An analysis for a person: the outcome, then the findings, then what several points say, then what was read.
 *
 * @module
 */

import type { Inquest } from '../../inquest/inquest.ts';
import type { Analysis } from '../../postmortem/analysis.ts';
import { analysisOutcomeText } from './analysis-outcome.ts';
import { findingsText } from './findings.ts';
import { pointsText } from './points.ts';
import { readText } from './read.ts';
import { snapshotText } from './snapshot-line.ts';
import { paragraph, type Style } from './style.ts';

/** The whole report. @param inquest Of the same analysis, where a snapshot was given. */
export function analysisText(analysis: Analysis, style: Style, inquest?: Inquest): string {
  const blocks = [
    analysisOutcomeText(analysis, style, inquest),
    ...findingsText(analysis, style, inquest),
    ...(analysis.points === undefined ? [] : [pointsText(analysis.points, style)]),
    [readText(analysis.captures, style), ...(inquest === undefined ? [] : [snapshotText(inquest, style)])].join('\n'),
    ...analysis.notes.map((note) => paragraph(note, style, 'Note    ')),
  ];
  return `${blocks.join('\n\n')}\n`;
}
