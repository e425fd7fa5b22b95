/**
 * The first lines about saved captures: what happened, and how far that can be believed. A tick stands only where
 * everything was read to its end and there was something to judge.
 *
 * @module
 */

import type { Answer, Inquest } from '../../inquest/inquest.ts';
import { unreachable } from '../../net/unreachable.ts';
import type { Analysis } from '../../postmortem/analysis.ts';
import type { AnalysedCapture } from '../../postmortem/capture-analysis.ts';
import { counted } from '../../postmortem/counted.ts';
import type { Finding, Severity } from '../../postmortem/finding.ts';
import { type AnalysisVerdict, isUnread, judgedPackets, packetsOf, verdictOf } from '../../postmortem/verdict.ts';
import { paragraph, type Style } from './style.ts';

/** The sentences that a person reads first; `grep '^[✓✗?]'` finds the first of them. */
export function analysisOutcomeText(analysis: Analysis, style: Style, inquest?: Inquest): string {
  const { green, red, yellow, bold } = style.colors;
  const { verdict, sentence, more } = analysisOutcome(analysis, inquest);
  const isError = analysis.findings.some(({ severity }) => severity === 'error');
  const mark =
    verdict === 'fine' ? green('✓') : verdict !== 'findings' ? yellow('?') : isError ? red('✗') : yellow('✗');
  const [first = '', ...rest] = paragraph(sentence, style, '  ').split('\n');
  const below = more.map((each) => paragraph(each, style, '  '));
  return [`${mark} ${bold(first.trimStart())}`, ...rest.map(bold), ...below].join('\n');
}

/** Of the first finding. */
const MOST_ECHOES = 2;

interface Outcome {
  readonly verdict: AnalysisVerdict;
  readonly sentence: string;
  /** What else to know at once: sentences. */
  readonly more: readonly string[];
}

export function analysisOutcome(analysis: Analysis, inquest?: Inquest): Outcome {
  const verdict = verdictOf(analysis);
  const { captures, findings } = analysis;
  const packets = counted(packetsOf(captures), 'packet');
  const noted = severities(findings);
  const notes = noted.length > 0 ? [`${noted.join(', ')}: see below.`] : [];
  switch (verdict) {
    case 'findings': {
      const worst = headline(findings);
      const cause = worst && inquest ? causeSentence(inquest.answers.get(worst)) : [];
      return {
        verdict,
        sentence: worst?.what ?? '',
        more: [...cause, ...echoesOf(worst), ...others(findings, worst), ...doubts(captures)],
      };
    }
    case 'unread':
      return { verdict, ...unreadOutcome(captures, packets), more: [...doubts(captures), ...notes] };
    case 'nothing-to-judge':
      return {
        verdict,
        sentence:
          packetsOf(captures) === 0
            ? 'No packet was captured, so there is nothing to judge'
            : `Nothing to judge: nsdiag does not look into what the ${packets} carry`,
        more: notes,
      };
    case 'fine': {
      const judged = judgedPackets(captures);
      const isAll = judged === packetsOf(captures);
      const where = captures.length > 1 ? ` of ${counted(captures.length, 'file')}` : '';
      return {
        verdict,
        sentence: `Nothing wrong in ${isAll ? packets : `${judged} of ${packets}`}${where}`,
        more: [...(isAll ? [] : ['The others are of protocols that nsdiag does not look into.']), ...notes],
      };
    }
    default:
      return unreachable(verdict);
  }
}

function unreadOutcome(captures: readonly AnalysedCapture[], packets: string): Pick<Outcome, 'sentence'> {
  const [first] = captures;
  if (first !== undefined && captures.every(isUnread)) {
    return {
      sentence: captures.length === 1 ? unreadSentence(first) : 'No file could be read',
    };
  }
  if (packetsOf(captures) === 0) return { sentence: 'No packet could be read' };
  return { sentence: `Nothing wrong in the ${packets} that could be read, but that was not all` };
}

/** What went wrong on the network, rather than what the capture lacks. */
function headline(findings: readonly Finding[]): Finding | undefined {
  const wrong = findings.filter(({ severity }) => severity !== 'note');
  const errors = wrong.filter(({ severity }) => severity === 'error');
  return errors[0] ?? wrong.find(({ code }) => code !== 'capture-incomplete') ?? wrong[0];
}

function causeSentence(answer: Answer | undefined): readonly string[] {
  if (answer?.kind !== 'explained') return [];
  return answer.diagnosis.causes
    .slice(0, 1)
    .map(({ finding }) => `By the snapshot, because ${finding.what} (${finding.code}).`);
}

/** What a person may have noticed first. */
function echoesOf(worst: Finding | undefined): readonly string[] {
  return (worst?.echoes ?? []).slice(0, MOST_ECHOES).map(({ what }) => `${what}.`);
}

function others(findings: readonly Finding[], worst: Finding | undefined): readonly string[] {
  const rest = severities(findings.filter((finding) => finding !== worst));
  return rest.length === 0 ? [] : [`And ${rest.join(', ')}: see below.`];
}

function severities(findings: readonly Finding[]): readonly string[] {
  const kinds: readonly Severity[] = ['error', 'warning', 'note'];
  return kinds.flatMap((kind) => {
    const count = findings.filter(({ severity }) => severity === kind).length;
    return count === 0 ? [] : [counted(count, kind)];
  });
}

/** Each a sentence. */
function doubts(captures: readonly AnalysedCapture[]): readonly string[] {
  if (captures.every(isUnread)) return [];
  const unread = captures.filter(isUnread);
  const cut = captures.filter((capture) => !isUnread(capture) && capture.summary.problem !== undefined);
  return [
    ...about(unread, 'could not be read.', 'files could not be read.'),
    ...about(cut, 'could be read in part only.', 'files could be read in part only.'),
  ];
}

function about([first, ...more]: readonly AnalysedCapture[], one: string, several: string): readonly string[] {
  if (first === undefined) return [];
  return [more.length === 0 ? `${first.path} ${one}` : `${more.length + 1} ${several}`];
}

export function unreadSentence(capture: AnalysedCapture): string {
  return `Cannot read ${capture.path}: ${whyUnread(capture)}`;
}

export function whyUnread({ summary }: AnalysedCapture): string {
  return summary.problem?.message ?? 'it is no capture';
}
