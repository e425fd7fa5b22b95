/**
 * Changes of packet filters in words. A short table or chain is told with its rules: that one rule made it is what most
 * often happened.
 *
 * @module
 */

import type { Chain, FilterRule } from '../ruleset.ts';
import type { Change, TableChain } from './change.ts';

/** So many rules are told in full. */
const MOST_RULES_TOLD = 2;

export function filterTableText(change: Extract<Change, { subject: 'filter-table' }>): string {
  const table = change.action === 'deleted' ? change.before : change.after;
  const drops = table.chains.filter(({ base }) => base?.policy === 'drop').map(({ name }) => `policy drop in ${name}`);
  const rules = rulesOf(table.chains);
  const told = [...drops, ...(rules.length === 0 ? [] : [rulesTold(rules)])];
  const holds = told.length === 0 ? '' : `, with ${told.join(' and ')}`;
  return `table ${table.family} ${table.name} ${change.action} in ${change.netns} (${table.machinery})${holds}`;
}

export function chainText(change: Extract<Change, { subject: 'filter-chain' }>): string {
  const { netns } = change;
  if (change.action !== 'changed') {
    const whole = change.action === 'deleted' ? change.before : change.after;
    const rules = rulesOf([whole.chain]);
    const policy = whole.chain.base?.policy === 'drop' ? ', with policy drop' : '';
    const holds = rules.length === 0 ? '' : `${policy === '' ? ', with ' : ' and '}${rulesTold(rules)}`;
    return `chain ${chainName(whole)} ${change.action} in ${netns} (${whole.table.machinery})${policy}${holds}`;
  }
  const [old, now] = [change.before.chain.base, change.after.chain.base];
  const machinery = change.after.table.machinery;
  if (old !== undefined && now !== undefined && old.policy !== now.policy) {
    return `policy of chain ${chainName(change.after)} ${old.policy} -> ${now.policy} in ${netns} (${machinery})`;
  }
  const what =
    old === undefined
      ? 'is asked by the kernel now'
      : now === undefined
        ? 'is no longer asked by the kernel'
        : old.hook !== now.hook || old.priority !== now.priority || old.type !== now.type
          ? `${old.type} ${old.hook} ${old.priority} -> ${now.type} ${now.hook} ${now.priority}`
          : 'has its rules in another order';
  return `chain ${chainName(change.after)} ${what} in ${netns} (${machinery})`;
}

export function filterRuleText(change: Extract<Change, { subject: 'filter-rule' }>): string {
  const { ref } = change.action === 'deleted' ? change.before : change.after;
  const place = `${ref.family} ${ref.table} ${ref.chain} in ${change.netns} (${ref.machinery})`;
  switch (change.action) {
    case 'added':
      return `rule "${ref.text}" added to ${place}`;
    case 'deleted':
      return `rule "${ref.text}" deleted from ${place}`;
    case 'changed':
      return change.before.ref.text === ref.text
        ? `what rule "${ref.text}" matches changed, in ${place}`
        : `rule "${change.before.ref.text}" replaced by "${ref.text}" in ${place}`;
  }
}

function chainName({ table, chain }: TableChain): string {
  return `${table.family} ${table.name} ${chain.name}`;
}

function rulesOf(chains: readonly Chain[]): readonly FilterRule[] {
  // A verdict map is several rules of one place.
  return chains.flatMap(({ rules }) => [...new Map(rules.map((rule) => [rule.ref.position, rule])).values()]);
}

function rulesTold(rules: readonly FilterRule[]): string {
  if (rules.length > MOST_RULES_TOLD) return `${rules.length} rules`;
  return `${rules.length === 1 ? 'rule' : 'rules'} ${rules.map(({ ref }) => `"${ref.text}"`).join(' and ')}`;
}
