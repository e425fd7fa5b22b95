/**
 * The shape of a fault rule: data, and one pure function. It runs nothing and formats no report.
 *
 * @module
 */

import type { Host } from '../host/host.ts';
import type { Journey, RoundTrip } from '../journey/journey.ts';
import type { Question } from '../walk/question.ts';
import type { Finding } from './finding.ts';

/** What a rule looks at: the host, and the journey that ended badly on it. */
export interface FaultContext {
  readonly host: Host;
  readonly question: Question;
  readonly trip: RoundTrip;
  /** The journey to explain: the last one of the trip. */
  readonly journey: Journey;
}

/** One fault code. The file that exports it is named after the code. */
export interface FaultRule {
  readonly code: string;
  /** One line, for lists. */
  readonly title: string;
  /** Kernel file and function, RFC section or man page that states the rule. */
  readonly source: string;
  /** Codes whose findings, in the same place, are only an echo of this one. */
  readonly explains: readonly string[];
  /** Findings in the order of the path; empty when this is not what happened. */
  readonly find: (context: FaultContext) => readonly Finding[];
}
