/**
 * How a rule is written: what it finds says the place and the proof, and its code, title and leg are added here.
 *
 * @module
 */

import type { Finding } from './finding.ts';
import type { FaultContext, FaultRule } from './rule.ts';

/** A finding without what its rule says of all of them. */
export type Found = Omit<Finding, 'code' | 'title' | 'leg'>;

/** A rule in the making. */
export interface RuleDefinition extends Omit<FaultRule, 'find'> {
  readonly find: (context: FaultContext) => readonly Found[];
}

/** Make a rule of its definition. */
export function defineRule({ find, ...rule }: RuleDefinition): FaultRule {
  const { code, title } = rule;
  return {
    ...rule,
    find: (context) => find(context).map((found) => ({ code, title, leg: context.journey.leg, ...found })),
  };
}
