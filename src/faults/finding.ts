/**
 * A finding: a fault, where it is, the kernel's rule behind it, what proves it, and what takes it away.
 *
 * @module
 */

import type { Repair } from '../host/edit.ts';
import type { DeviceName, NetnsName } from '../host/link.ts';
import type { Leg } from '../journey/journey.ts';

/** Who says so. */
export type Witness = 'model' | 'kernel' | 'wire';

/** One line that a person can see for themselves on the host. */
export interface Evidence {
  readonly witness: Witness;
  /** The command that shows it, ready to run; `undefined` for what was derived. */
  readonly command: readonly string[] | undefined;
  readonly text: string;
}

/** Why a packet does not arrive. */
export interface Finding {
  readonly code: string;
  readonly title: string;
  readonly netns: NetnsName;
  readonly device: DeviceName | undefined;
  readonly leg: Leg;
  /** Names the place: "ns1 has no route to 10.0.2.1". */
  readonly what: string;
  /** The kernel's rule. */
  readonly why: string;
  /** Never empty. */
  readonly evidence: readonly Evidence[];
  /** The preferred one first; empty where nothing that nsdiag may run repairs it (a service that is not started). */
  readonly repairs: readonly Repair[];
}
