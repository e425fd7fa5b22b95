/**
 * What is wrong in a capture, with the frames that show it.
 *
 * @module
 */

import type { FindingCode } from './finding-code.ts';
import type { Frame } from './frame.ts';
import type { Traffic } from './traffic.ts';

/** `error`: something did not get through. `warning`: it did, but badly. `note`: worth knowing. */
export type Severity = 'error' | 'warning' | 'note';

export interface Finding {
  readonly code: FindingCode;
  readonly severity: Severity;
  /** One sentence: who, whom, how often. */
  readonly what: string;
  /** The rule behind it: what this means on a network, and how it tells. */
  readonly why: string;
  /** What shows it, the first ones; never empty. */
  readonly frames: readonly [Frame, ...Frame[]];
  /** How many frames show it, of which `frames` are some. */
  readonly count: number;
  /** The faults that look like this, the likelier first: codes of README.md's first list. */
  readonly likely: readonly string[];
  /** What would confirm it: a command, or another place to capture. */
  readonly confirm: string | undefined;
  /** What the capture cannot show. */
  readonly cannotTell: string | undefined;
  /** A packet that it is about, the first of several alike; absent: it is about none that a model could be asked for. */
  readonly about?: Traffic | undefined;
  /** Where that packet, or the answer to it, was seen last; absent: nobody followed it. */
  readonly seenAt?: SeenAt | undefined;
  /** The same for the same trouble in whatever capture, among findings of one code; absent: it is of its capture alone. */
  readonly subject?: string | undefined;
  /** Other captures that show it too. */
  readonly alsoIn?: readonly AlsoIn[];
  /** What is only another sight of it, told with it. */
  readonly echoes?: readonly Finding[];
}

/** A capture, as `Frame.capture`, and how many frames of it show the same. */
export interface AlsoIn {
  readonly capture: number;
  readonly count: number;
}

/** A capture point as the report names it, and which of the two was seen there. */
export interface SeenAt {
  readonly place: string;
  readonly leg: 'request' | 'reply';
}
