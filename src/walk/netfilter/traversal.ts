/**
 * What a packet carries through the chains of a hook, and how a chain ends for it.
 *
 * @module
 */

import type { RuleRef } from '../../host/ruleset.ts';
import type { Packet } from '../../journey/packet.ts';
import type { Choose } from './choices.ts';
import type { Conntrack, HookPass } from './contract.ts';
import type { HookScope } from './plan.ts';

/** The packet on its way through a hook. */
export interface Passing {
  readonly packet: Packet;
  readonly conntrack: Conntrack;
  /** Rules that matched and decided something, in order. */
  readonly rules: readonly RuleRef[];
  /** The rule that translated it here. */
  readonly natRule: RuleRef | undefined;
  /** Something changed that the routing decision was made by. */
  readonly reroute: boolean;
}

/** What does not change while the packet passes. */
export interface Passage {
  readonly pass: HookPass;
  readonly scope: HookScope;
  readonly choose: Choose;
}

/** A rule, or a policy, ended it. */
export interface Dropped {
  readonly kind: 'dropped';
  readonly rule: RuleRef;
  readonly verdict: 'drop' | 'reject';
  /** How it was rejected. */
  readonly with: string | undefined;
  readonly passing: Passing;
}

/** What passing answers. Narrow on `kind`. */
export type Result =
  | { readonly kind: 'passed'; readonly passing: Passing }
  | Dropped
  /** Conntrack had no room for its connection. */
  | { readonly kind: 'no-room'; readonly count: number; readonly max: number; readonly passing: Passing }
  | { readonly kind: 'undecided'; readonly because: readonly string[]; readonly passing: Passing };

/** The packet goes on. */
export function passed(passing: Passing): Result {
  return { kind: 'passed', passing };
}

/** Nobody can tell what becomes of it. */
export function undecidable(passing: Passing, because: string): Result {
  return { kind: 'undecided', because: [because], passing };
}
