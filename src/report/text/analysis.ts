/**
 * An analysis for a person: the outcome, then the findings, then what several points say, then what was read.
 *
 * @module
 */

import type { Analysis } from '../../postmortem/analysis.ts';
import { analysisOutcomeText } from './analysis-outcome.ts';
import { findingsText } from './findings.ts';
import { pointsText } from './points.ts';
import { readText } from './read.ts';
import type { Style } from './style.ts';

/** The whole report. */
export function analysisText(analysis: Analysis, style: Style): string {
  const blocks = [
    analysisOutcomeText(analysis, style),
    ...findingsText(analysis, style),
    ...(analysis.points === undefined ? [] : [pointsText(analysis.points, style)]),
    readText(analysis.captures, style),
  ];
  return `${blocks.join('\n\n')}\n`;
}
