/**
 * What the file of a capture says of itself, where Wireshark shows it: the comment of the file, and what packets that were lost died of.
 *
 * @module
 */

import type { Answer } from '../../inquest/inquest.ts';
import { escapeText } from '../escape.ts';
import type { LiveSummary } from '../live-json.ts';
import { shellLine } from '../shell-quote.ts';
import { lostText, silentText } from './live-summary.ts';

/** Of each kind. */
const MOST_GROUPS = 8;

/** For whoever opens the file, who may never have heard of nsdiag. */
export const ABOUT_THE_FILE = `Captured by nsdiag in several network namespaces at once. A packet is here once for every place where it was seen: the interface of a frame is its place (frame.interface_name), and the direction is the way that it went there (frame.packet_flags_direction).
Comments that begin with "nsdiag:" (frame.comment) say what became of a packet: lost, rewritten, put into a tunnel.
For one place alone: frame.interface_name == "NAMESPACE:DEVICE". With all of them in view, Wireshark takes the further sightings of a TCP segment for retransmissions, and an echo request at a further place for unanswered.
All devices of a namespace were listened at together, which gives cooked headers (LINUX_SLL2): they have the source MAC, and no destination MAC.
The state of the namespaces is in the file: "nsdiag analyze FILE" explains by it what went wrong.`;

/** The same with what came out of it, which is known when all has been captured. */
export function captureComment(summary: LiveSummary): string {
  const { lost, unanswered } = summary;
  const groups = [...lost.slice(0, MOST_GROUPS).map(lostLines), ...unanswered.slice(0, MOST_GROUPS).map(silentLines)];
  return [...[summary.summary, ...groups.flat()].map(escapeText), '', ABOUT_THE_FILE].join('\n');
}

function lostLines(group: LiveSummary['lost'][number]): readonly string[] {
  return [lostText(group), ...saidText(group), ...causesText(group.answer)];
}

function silentLines(group: LiveSummary['unanswered'][number]): readonly string[] {
  return [silentText(group), ...saidText(group), ...causesText(group.answer)];
}

function saidText({ said }: LiveSummary['lost'][number]): readonly string[] {
  return said === undefined ? [] : [said];
}

/** What the model says that such packets die of, a line each; nothing, where it knows of no cause. */
export function causesText(answer: Answer | undefined): readonly string[] {
  if (answer?.kind !== 'explained') return [];
  return answer.diagnosis.causes.map(({ finding: { code, leg, what }, fix }) => {
    const commands = fix.map(({ argv }) => shellLine(argv));
    return `${code} (${leg}): ${what}${commands.length === 0 ? '' : `; repaired by: ${commands.join(' && ')}`}`;
  });
}
