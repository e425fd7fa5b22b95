/**
 * Translation rules that a packet does not meet, and what they ask for that it is not: the answer to "there is a
 * MASQUERADE rule, why does nothing masquerade?".
 *
 * @module
 */

import type { Chain, FilterRule, Match, Statement } from '../../host/ruleset.ts';
import { packetFamily } from '../../journey/packet.ts';
import { situationOf } from './chain.ts';
import type { HookPass } from './contract.ts';
import { holds } from './match.ts';
import { type HookedChain, hookPlan } from './plan.ts';

/** A rule, and which of its conditions do not hold. */
export interface NearMiss {
  readonly rule: FilterRule;
  /** Its own conditions, and those of the rules that lead to its chain. Empty: an earlier rule took the packet. */
  readonly failed: readonly Match[];
}

export type NatKind = 'masquerade' | 'snat' | 'dnat' | 'redirect';

/** Rules of these kinds at the hook, in the kernel's order; a rule that several ways lead to by the nearest of them. */
export function nearMisses(pass: HookPass, kinds: readonly NatKind[]): readonly NearMiss[] {
  const { ruleset } = pass.netns;
  if (!ruleset.known) return [];
  const scope = packetFamily(pass.packet);
  const passing = { packet: pass.packet, conntrack: pass.conntrack, rules: [], natRule: undefined, reroute: false };
  const situation = situationOf({ pass, scope, choose: () => 0 }, passing);
  const failedOf = (rule: FilterRule) => rule.matches.filter((match) => holds(match, situation) === false);
  const entries = hookPlan(ruleset.value, pass.hook, scope).groups.flat();
  const found = entries.flatMap((entry) => {
    const chains = entry.kind === 'nat' ? entry.groups.flat() : [];
    return chains.flatMap((hooked) => search(hooked, hooked.chain, [], new Set(), failedOf, kinds));
  });
  return nearest(found);
}

function search(
  hooked: HookedChain,
  chain: Chain,
  failedBefore: readonly Match[],
  above: ReadonlySet<string>,
  failedOf: (rule: FilterRule) => readonly Match[],
  kinds: readonly NatKind[],
): readonly NearMiss[] {
  if (above.has(chain.name)) return [];
  return chain.rules.flatMap((rule) => {
    const failed = [...failedBefore, ...failedOf(rule)];
    return rule.statements.flatMap((statement) => {
      if (isOneOf(statement, kinds)) return [{ rule, failed }];
      const target =
        statement.kind === 'jump' || statement.kind === 'goto' ? hooked.chains.get(statement.chain) : undefined;
      return target === undefined
        ? []
        : search(hooked, target, failed, new Set([...above, chain.name]), failedOf, kinds);
    });
  });
}

function isOneOf({ kind }: Statement, kinds: readonly NatKind[]): boolean {
  return kinds.some((each) => each === kind);
}

function nearest(found: readonly NearMiss[]): readonly NearMiss[] {
  const byRule = new Map<FilterRule, NearMiss>();
  for (const miss of found) {
    const other = byRule.get(miss.rule);
    if (other === undefined || miss.failed.length < other.failed.length) byRule.set(miss.rule, miss);
  }
  return [...byRule.values()];
}
