/**
 * All that the rules say about one bad journey, without echoes.
 *
 * @module
 */

import { ALL_RULES } from '../faults/all.ts';
import type { Finding } from '../faults/finding.ts';
import type { FaultContext, FaultRule } from '../faults/rule.ts';
import { namingTunnel } from '../faults/search/tunnel.ts';

/**
 * Ask every rule about the journey that failed.
 *
 * @returns The findings in path order of the rules; one whose code another finding `explains` is left out, because it
 * is the same failure seen from further up.
 */
export function findFaults(context: FaultContext, rules: readonly FaultRule[] = ALL_RULES): readonly Finding[] {
  const found = rules
    .map((rule) => ({ rule, findings: rule.find(context) }))
    .filter(({ findings }) => findings.length > 0);
  const echoes = new Set(found.flatMap(({ rule }) => rule.explains));
  return found
    .filter(({ rule }) => !echoes.has(rule.code))
    .flatMap(({ findings }) => findings)
    .map((finding) => namingTunnel(context, finding));
}
