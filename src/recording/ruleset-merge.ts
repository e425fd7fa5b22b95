/**
 * One table that both nft and iptables-nft-save can print, told once and truly.
 *
 * Neither tells all of it. nft prints the extensions of iptables as opaque `xt`; iptables-nft-save prints a rule that
 * nft wrote as whatever of it iptables can say. Seen with 1.8.9: `ip saddr 1.2.3.4 tcp dport { 80, 90 } drop` comes
 * out as `-s 1.2.3.4/32 -p tcp -j DROP`, without a warning, and chains that do not exist come out as accepting.
 * So the tables, chains and rules are nft's, and iptables is asked only for what is `xt` to nft, rule by rule.
 *
 * @module
 */

import type { Chain, FilterRule, RulesetTable } from '../host/ruleset.ts';

/** Base chains that iptables makes, and the priority at which it hooks them in. */
const BUILTIN: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  filter: { INPUT: 0, FORWARD: 0, OUTPUT: 0 },
  nat: { PREROUTING: -100, INPUT: 100, OUTPUT: -100, POSTROUTING: 100 },
  mangle: { PREROUTING: -150, INPUT: -150, FORWARD: -150, OUTPUT: -150, POSTROUTING: -150 },
  raw: { PREROUTING: -300, OUTPUT: -300 },
  security: { INPUT: 50, FORWARD: 50, OUTPUT: 50 },
};

/** @param saved What iptables-nft-save and ip6tables-nft-save said. */
export function mergeTables(listed: readonly RulesetTable[], saved: readonly RulesetTable[]): readonly RulesetTable[] {
  return listed.map((table) => {
    const twin = saved.find(({ family, name }) => family === table.family && name === table.name);
    return twin !== undefined && isMadeByIptables(table) ? merge(table, twin) : table;
  });
}

/** iptables counts in every rule that it writes, and hooks in its own chains alone. */
export function isMadeByIptables({ family, name, chains }: RulesetTable): boolean {
  const builtin = Object.hasOwn(BUILTIN, name) ? BUILTIN[name] : undefined;
  if ((family !== 'ip' && family !== 'ip6') || builtin === undefined) return false;
  const isHookedAsIptablesDoes = chains.every(({ name: chain, base }) => {
    return base === undefined || (Object.hasOwn(builtin, chain) && builtin[chain] === base.priority);
  });
  const rules = chains.flatMap((chain) => chain.rules);
  return isHookedAsIptablesDoes && (rules.some(isExtension) || rules.every(({ packets }) => packets !== undefined));
}

function merge(listed: RulesetTable, saved: RulesetTable): RulesetTable {
  return {
    ...listed,
    machinery: 'iptables-nft',
    chains: listed.chains.map((chain) => mergeChain(chain, saved)),
  };
}

function mergeChain(chain: Chain, saved: RulesetTable): Chain {
  const twins = saved.chains.find(({ name }) => name === chain.name)?.rules ?? [];
  const isSameLength = lastPosition(chain.rules) === lastPosition(twins);
  if (!isSameLength) return chain;
  return {
    ...chain,
    rules: chain.rules.map((rule) => {
      const twin = twins.find(({ ref }) => ref.position === rule.ref.position);
      return twin === undefined ? rule : mergeRule(rule, twin);
    }),
  };
}

function mergeRule(rule: FilterRule, twin: FilterRule): FilterRule {
  const ref = { ...twin.ref, handle: rule.ref.handle };
  if (isExtension(rule)) return { ...twin, ref };
  // Not counted: nft wrote it, and what iptables says of it may be wrong.
  return rule.packets === undefined ? rule : { ...rule, ref };
}

function lastPosition(rules: readonly FilterRule[]): number {
  return rules.reduce((last, { ref }) => Math.max(last, ref.position), 0);
}

/** Whether nft could only name a part of the rule: `{"xt":{"type":"match","name":"physdev"}}`. */
function isExtension({ matches, statements }: FilterRule): boolean {
  return [...matches, ...statements].some((part) => part.kind === 'unmodelled' && part.text.startsWith('{"xt":'));
}
