/**
 * The outcome of a capture, from what was counted.
 *
 * @module
 */

import type { LiveCapture } from '../../capture/live-capture.ts';
import type { Host } from '../../host/host.ts';
import type { Answer } from '../../inquest/inquest.ts';
import { counted } from '../../postmortem/counted.ts';
import { type LiveSummary, summaryDocument } from '../../report/live-json.ts';
import { jsonLine } from '../../report/print-json.ts';
import { shellLine } from '../../report/shell-quote.ts';
import { liveSummaryText } from '../../report/text/live-summary.ts';
import type { Style } from '../../report/text/style.ts';
import type { Question } from '../../walk/question.ts';
import type { Writer } from '../io.ts';
import type { CaptureFile } from './capture-file.ts';
import type { Ending } from './ending.ts';
import { mayNotKnowAnswers } from './filter-limits.ts';
import type { Group, Groups } from './losses.ts';
import type { CaptureRequest } from './request.ts';
import type { Tracking } from './tracking.ts';
import { Ways } from './ways.ts';

interface Captured {
  readonly tracking: Tracking;
  readonly live: LiveCapture;
  /** The machine as it is now. */
  readonly host: Host;
  readonly near: ReadonlySet<string>;
  readonly request: CaptureRequest;
  readonly file: CaptureFile | undefined;
  readonly notices: readonly string[];
  readonly ending: Pick<Ending, 'program'>;
  readonly question: Question | undefined;
}

export function summaryOf({
  tracking,
  live,
  host,
  near,
  request,
  file,
  notices,
  ending,
  question,
}: Captured): LiveSummary {
  const { tally, lost, unanswered, followed, sightings, unmatchable, hops } = tracking;
  const { fates } = tally;
  const ways = new Ways(host, near);
  const namespaces = live.streams.map(({ netns, capture: { counters } }) => ({
    name: netns.name,
    captured: counters?.captured,
    dropped: counters?.dropped,
  }));
  const notes = [...notices];
  if (unmatchable > 0) {
    notes.push(`${counted(unmatchable, 'sighting')} could not be followed: no IP or ARP, or the headers were cut`);
  }
  for (const groups of [lost, unanswered]) {
    if (groups.others > 0)
      notes.push(`${counted(groups.others, 'packet')} more of other kinds were lost or not answered`);
  }
  if (followed > 0 && mayNotKnowAnswers(request.filter)) {
    notes.push('Whether anything was answered is not told: the filter may keep answers out');
  }
  const silent = explained(unanswered, ways);
  const isExplained = silent.every(({ answer }) => answer?.kind === 'explained');
  if (tracking.maybeAnswered > 0 && !isExplained) {
    const who = counted(tracking.maybeAnswered, 'packet');
    notes.push(`${who} may have been answered by another way: nobody listens at every device of who sent them`);
  }
  if (tracking.underWay > 0) {
    notes.push(`${counted(tracking.underWay, 'packet')} still under way in the end: not counted`);
  }
  const { slowAnswers, slowestAnswerNs } = tracking;
  if (slowAnswers > 0) {
    const most = `${(slowestAnswerNs / 1e9).toFixed(1)} s`;
    notes.push(`${counted(slowAnswers, 'question')} had to wait for an answer for more than a second, at most ${most}`);
  }
  const { program } = ending;
  if (program !== undefined && program.exitCode !== 0) notes.push(`The program that was run ended with ${program.how}`);
  if (followed === 0 && question !== undefined) {
    notes.push(
      `Whether anything could be sent at all: ${shellLine(['nsdiag', 'why', question.netns, question.destination])}`,
    );
  }
  return {
    verdict: verdictOf(tracking, silent),
    summary: sentence(tracking),
    packets: followed,
    sightings,
    fates,
    hops,
    lost: explained(lost, ways),
    unanswered: silent,
    namespaces,
    file:
      request.file === undefined
        ? undefined
        : { path: request.file, packets: sightings, late: live.late, split: file?.splitPaths ?? [] },
    notes,
  };
}

/** Lost is what the wire showed, or what the model can say why it came to nothing; what may have been missed, or was never seen, is no verdict. */
function verdictOf(
  { tally: { fates }, lost, unanswered, maybeAnswered, followed }: Tracking,
  silent: LiveSummary['unanswered'],
): LiveSummary['verdict'] {
  if (lost.total > 0 || unanswered.total > maybeAnswered) return 'lost';
  if (unanswered.total > 0) return silent.some(({ answer }) => answer?.kind === 'explained') ? 'lost' : 'undecided';
  return followed === 0 || fates.unknown > 0 || fates.arrived + fates.left + fates.group === 0
    ? 'undecided'
    : 'arrived';
}

function sentence({ tally: { fates }, unanswered, followed }: Tracking): string {
  if (followed === 0) return 'No packet was seen';
  const parts = [
    fates.arrived > 0 ? `${fates.arrived.toLocaleString('en')} arrived` : '',
    fates.lost > 0 ? `${fates.lost.toLocaleString('en')} lost` : '',
    fates.left > 0 ? `${fates.left.toLocaleString('en')} went on to where nobody listens` : '',
    fates.group > 0 ? `${fates.group.toLocaleString('en')} to all` : '',
    fates.unknown > 0 ? `${fates.unknown.toLocaleString('en')} unknown` : '',
    unanswered.total > 0 ? `${unanswered.total.toLocaleString('en')} without an answer` : '',
  ].filter((part) => part !== '');
  return `${counted(followed, 'packet').replace(/^\d+/, (digits) => Number(digits).toLocaleString('en'))}: ${parts.join(', ')}`;
}

/** So many groups are asked about: a question takes some 10 ms, and a person reads a few. */
const MOST_ASKED = 8;

function explained(groups: Groups, ways: Ways): LiveSummary['lost'] {
  return groups.all.map((group: Group, at): LiveSummary['lost'][number] => {
    const { text, lastSeen, where, packets, said, traffic } = group;
    const answer: Answer | undefined = traffic === undefined || at >= MOST_ASKED ? undefined : ways.why(traffic);
    return { text, lastSeen, where, packets, said, answer };
  });
}

export function tellSummary(out: Writer, summary: LiveSummary, isJson: boolean, style: Style): void {
  out.write(isJson ? jsonLine(summaryDocument(summary)) : `\n${liveSummaryText(summary, style)}`);
}
