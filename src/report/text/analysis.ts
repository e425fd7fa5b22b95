/**
 * An analysis for a person: the outcome, then the findings, then what was read.
 *
 * @module
 */

import type { Analysis } from '../../postmortem/analysis.ts';
import type { AnalysedCapture } from '../../postmortem/capture-analysis.ts';
import type { Finding } from '../../postmortem/finding.ts';
import { isoTime } from '../iso-time.ts';
import { counted, paragraph, type Style } from './style.ts';

/** The whole report. */
export function analysisText(analysis: Analysis, style: Style): string {
  const { captures, findings } = analysis;
  const blocks = [
    outcome(analysis, style),
    ...findings.map((finding) => findingText(finding, captures, style)),
    captures.map((capture) => readText(capture, style)).join('\n'),
  ];
  return `${blocks.join('\n\n')}\n`;
}

function outcome({ captures, findings }: Analysis, style: Style): string {
  const { colors } = style;
  const [gravest] = findings;
  const packets = captures.reduce((sum, { summary }) => sum + summary.packets, 0);
  if (gravest === undefined)
    return paragraph(`nothing wrong in ${counted(packets, 'packet')}`, style, colors.green('✓ '), 2);
  const mark = gravest.severity === 'error' ? colors.red('✗ ') : colors.yellow('? ');
  return paragraph(`${counted(findings.length, 'finding')} in ${counted(packets, 'packet')}`, style, mark, 2);
}

function findingText(finding: Finding, captures: readonly AnalysedCapture[], style: Style): string {
  const { code, severity, what, why, frames, count, likely, confirm, cannotTell } = finding;
  const shown = frames.map(({ capture, number, timestampNs }) => {
    const file = captures.length > 1 ? `${captures[capture]?.path} ` : '';
    return `${file}#${number} (${isoTime(timestampNs).slice(11, -1)})`;
  });
  const more = count > frames.length ? `, and ${count - frames.length} more` : '';
  const lines: (readonly [label: string, text: string | undefined])[] = [
    ['why', why],
    ['frames', `${shown.join(', ')}${more}`],
    ['likely', likely.length > 0 ? likely.join(', ') : undefined],
    ['confirm', confirm],
    ['unseen', cannotTell],
  ];
  const head = paragraph(`${code}: ${what}`, style, `${severity}  `);
  return [
    head,
    ...lines.flatMap(([label, text]) => (text === undefined ? [] : [paragraph(text, style, `  ${label.padEnd(9)}`)])),
  ].join('\n');
}

function readText({ path, summary, interfaces, notRead }: AnalysedCapture, style: Style): string {
  const { format, packets, bytes, problem } = summary;
  const links = interfaces.length > 1 ? `, ${interfaces.length} interfaces` : '';
  const unknown = [...notRead].map(([what, count]) => `${count} of ${what} not read`);
  const wrong =
    problem === undefined ? [] : [`at byte ${problem.offset}, packet ${problem.record}: ${problem.message}`];
  const text = [`${path}: ${format ?? 'no capture'}, ${counted(packets, 'packet')}, ${counted(bytes, 'byte')}${links}`];
  return paragraph([...text, ...unknown, ...wrong].join('; '), style, 'Read    ');
}
