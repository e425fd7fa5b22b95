/**
 * What nsdiag answers to "does this packet get there?": the value that every report is made from.
 *
 * The verdict is the wire's where there is one. The causes are the model's, and they count only where the wire does not
 * contradict them; a disagreement is a cause of its own (`unexplained-loss`) and a note, never a silent guess.
 *
 * @module
 */

import type { Finding } from '../faults/finding.ts';
import type { Repair } from '../host/edit.ts';
import type { DeviceName, NetnsName } from '../host/link.ts';
import type { RoundTrip } from '../journey/journey.ts';
import type { LastSeen, Observation, RouteWitness } from '../journey/observation.ts';
import type { Step } from '../journey/step.ts';
import type { Question } from '../walk/question.ts';
import type { FailedLookup } from './name-lookup.ts';

export type Verdict = 'reachable' | 'unreachable' | 'undecided';

/** One command of a fix, to be run as root from where nsdiag runs, without a shell. */
export interface FixCommand {
  readonly argv: readonly string[];
  readonly intent: string;
  readonly sideEffects: string | undefined;
  /** `undefined` when it cannot be taken back by one command. */
  readonly undo: readonly string[] | undefined;
}

/** A finding with the repair that the proof walked, and the other ways to repair it. */
export interface Cause {
  readonly finding: Finding;
  /** Empty when nsdiag knows no command that repairs it. */
  readonly fix: readonly FixCommand[];
  readonly alternatives: readonly { readonly intent: string; readonly fix: readonly FixCommand[] }[];
}

/** What the walk says once all the fixes are in. */
export interface Proof {
  /** The model delivers after the edits of this many causes. */
  readonly deliveredAfter: number;
}

/** A step of the predicted path, beside what the wire showed of it. */
export interface Hop {
  readonly netns: NetnsName;
  readonly device: DeviceName | undefined;
  readonly stage: Step['stage'] | 'end';
  /** What happened here, in one line without names of hops before. */
  readonly text: string;
  /** `undefined`: nobody watched there, or this stage is not one that tcpdump sees. */
  readonly seen: boolean | undefined;
  /** Since the probe was first seen anywhere, in ns; `undefined` when it was not seen here. */
  readonly afterNs: bigint | undefined;
}

/** What was looked at, for "how much" lines; a report that looked at nothing must be seen to have looked at nothing. */
export interface Looked {
  readonly namespaces: number;
  readonly links: number;
  readonly routes: number;
  readonly rules: number;
  readonly filterRules: number;
  readonly sockets: number;
  readonly kernel: string;
  /** Devices that lead to where nsdiag cannot look: `host eth0`. */
  readonly uplinks: readonly string[];
}

/** The whole answer. */
export interface Diagnosis {
  readonly question: Question;
  /** The destination was a name without an address: then the question is its query to a name server. */
  readonly unresolved?: FailedLookup;
  readonly verdict: Verdict;
  /** One sentence, without a full stop. */
  readonly summary: string;
  /** Every fault, in the order of the path; empty when reachable. */
  readonly causes: readonly Cause[];
  readonly proof: Proof | undefined;
  /** As predicted on the host as it is. */
  readonly trip: RoundTrip;
  readonly hops: { readonly request: readonly Hop[]; readonly reply: readonly Hop[] };
  readonly wire: { readonly observation: Observation; readonly lastSeen: LastSeen | undefined } | undefined;
  readonly routeWitnesses: readonly RouteWitness[];
  readonly looked: Looked;
  /** What works near to what does not, by the model; absent when all works, or nothing could be compared. */
  readonly contrast?: string | undefined;
  /** What could not be read, what is not modelled, where witnesses disagree. */
  readonly notes: readonly string[];
}

/** What the model alone says, before any witness is heard. */
export interface Prediction {
  readonly question: Question;
  readonly trip: RoundTrip;
  readonly causes: readonly Cause[];
  /** The repairs that were walked, in order, one a cause that has one. */
  readonly walked: readonly Repair[];
  readonly proof: Proof | undefined;
  /** What is to be said of flows that began before, should a new one get through: with the repairs, where there are some. */
  readonly oldFlows?: readonly string[];
  /** Why the repairing stopped short of delivery. */
  readonly notes: readonly string[];
}
