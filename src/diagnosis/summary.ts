/**
 * The one sentence at the head of a report.
 *
 * @module
 */

import type { NetnsName } from '../host/link.ts';
import { lastJourney } from '../journey/journey.ts';
import type { Observation } from '../journey/observation.ts';
import type { Question } from '../walk/question.ts';
import type { Cause, Prediction, Verdict } from './diagnosis.ts';

/** `10.0.2.1 (icmp)`, `ns2 (10.0.2.1, tcp port 80)`. */
function targetText(question: Question): string {
  const { destination, name } = question;
  return name === undefined
    ? `${destination} (${protocolText(question)})`
    : `${name} (${destination}, ${protocolText(question)})`;
}

/** `icmp`, `tcp port 80`. */
export function protocolText({ proto, port }: Pick<Question, 'proto' | 'port'>): string {
  return port === undefined ? proto : `${proto} port ${port}`;
}

/** What the wire tells. */
interface Wire {
  readonly asked: Observation | undefined;
  /** Who answered in the place of the one that was asked for. */
  readonly standIn: NetnsName | undefined;
}

/** One sentence without a full stop: the outcome, and for a failure the first cause. */
export function summaryOf(
  question: Question,
  verdict: Verdict,
  causes: readonly Cause[],
  prediction: Prediction,
  { asked, standIn }: Wire,
): string {
  const target = targetText(question);
  const [first, ...more] = causes;
  const because = first === undefined ? '' : `: ${first.finding.what}`;
  const others = more.length === 0 ? '' : ` (and ${more.length} more fault${more.length === 1 ? '' : 's'} behind it)`;
  switch (verdict) {
    case 'reachable':
      return `${question.netns} reaches ${target}: ${reachedText(asked)}${standInText(standIn)}`;
    case 'unreachable':
      return `${question.netns} cannot reach ${target}${because}${others}`;
    case 'undecided':
      return `Cannot tell whether ${question.netns} reaches ${target}${because || undecidedText(prediction)}${others}`;
  }
}

function reachedText(observation: Observation | undefined): string {
  if (observation === undefined) return 'the model delivers it both ways, the wire was not asked';
  return observation.received > 0
    ? `${observation.received} of ${observation.sent} answered`
    : 'the datagram arrived, and nobody refused it';
}

function standInText(standIn: NetnsName | undefined): string {
  return standIn === undefined ? '' : `, but by ${standIn}, which has the address as well`;
}

function undecidedText({ trip }: Prediction): string {
  const { fate } = lastJourney(trip);
  return fate.kind === 'undecided' ? `: ${fate.because[0] ?? 'something there is not modelled'}` : '';
}
