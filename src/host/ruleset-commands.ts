/**
 * Edits of a ruleset as commands, each with its own tool: a rule of iptables-legacy is nothing to nft.
 *
 * Plain `iptables` is the nft variant wherever there are no legacy tables; where there are some, the variant is named.
 * nft says the handle of a new rule only when it is made, so that taking back an nft rule is no command known before.
 *
 * Source: iptables(8), nft(8). Run for real in test/live/netfilter-edits.test.ts.
 *
 * @module
 */

import { inNetns } from './commands-enter.ts';
import type { FilterPlace, TrafficSelector } from './edit.ts';
import type { Netns } from './host.ts';
import { iptablesWords } from './iptables-words.ts';
import { iptablesActionWords, nftActionWords, type RuleAction } from './rule-action.ts';
import type { FilterRule, RuleRef, Ruleset } from './ruleset.ts';
import {
  type Before,
  CHAIN_END,
  type ChainPlace,
  findChain,
  type NatEdit,
  natHook,
  natPlace,
  natPriority,
} from './ruleset-edit.ts';
import { atHook, iptablesWordsOf, nftWordsOf } from './traffic-rule.ts';

/** A command, and the one that takes it back where there is one. */
export interface RulesetCommand {
  readonly argv: readonly string[];
  readonly undo: readonly string[] | undefined;
}

/** Accept the traffic ahead of the rule, or at the end of the chain whose policy stops it. */
export function acceptCommands(
  netns: Netns,
  { place, traffic }: { readonly place: FilterPlace; readonly traffic: TrafficSelector },
): readonly RulesetCommand[] {
  return [addRule(netns, place, place.before, atHook(traffic, place.hook), { kind: 'accept' })];
}

/** Translate the traffic, in the chain of the rule ahead of which it goes, or where its hook translates. */
export function natCommands(netns: Netns, edit: NatEdit): readonly RulesetCommand[] {
  const ruleset = rulesetOf(netns);
  const hook = natHook(edit);
  const traffic = atHook(edit.traffic, hook);
  const place = edit.before ?? natPlace(ruleset, edit.machinery, hook, traffic.family);
  const { table, chain } = findChain(ruleset, place);
  if (place.machinery !== 'nft' || chain !== undefined) {
    return [addRule(netns, place, edit.before ?? CHAIN_END, traffic, edit)];
  }
  const names = `${place.family} ${place.table}`;
  const script = [
    `add table ${names}`,
    `add chain ${names} ${place.chain} { type nat hook ${hook} priority ${natPriority(hook)} ; }`,
    `add rule ${names} ${place.chain} ${[...nftWordsOf(traffic, place.family), ...nftActionWords(edit, place.family)].join(' ')}`,
  ].join('; ');
  const undo = table === undefined ? inNetns(netns, ['nft', 'delete', 'table', place.family, place.table]) : undefined;
  return [{ argv: inNetns(netns, ['nft', script]), undo }];
}

/** Delete the rule. @throws RangeError for a policy, which cannot be deleted. */
export function deleteCommands(netns: Netns, { rule }: { readonly rule: RuleRef }): readonly RulesetCommand[] {
  if (rule.position === 0) throw new RangeError(`the policy of ${rule.chain} is no rule`);
  const { machinery, family, table, chain, handle, position } = rule;
  if (machinery === 'nft') {
    if (handle === undefined) throw new RangeError(`nft deletes by handle, and ${rule.text} has none`);
    const argv = inNetns(netns, ['nft', 'delete', 'rule', family, table, chain, 'handle', String(handle)]);
    return [{ argv, undo: inNetns(netns, nftPutBack(rulesetOf(netns), rule)) }];
  }
  const words = iptablesWords(rule.text).map(({ text }) => text);
  const iptables = iptablesIn(rulesetOf(netns), rule);
  return [
    {
      argv: inNetns(netns, [...iptables, '-D', chain, String(position)]),
      undo: inNetns(netns, [...iptables, '-I', chain, String(position), ...words.slice(2)]),
    },
  ];
}

function addRule(
  netns: Netns,
  place: ChainPlace,
  before: Before,
  traffic: TrafficSelector,
  action: RuleAction,
): RulesetCommand {
  if (place.machinery === 'nft') {
    const words = [...nftWordsOf(traffic, place.family), ...nftActionWords(action, place.family)];
    return { argv: inNetns(netns, ['nft', ...nftVerb(place, before), ...words]), undo: undefined };
  }
  const iptables = iptablesIn(rulesetOf(netns), place);
  const rule = [...iptablesWordsOf(traffic), ...iptablesActionWords(action)];
  return {
    argv: inNetns(netns, [...iptables, ...iptablesVerb(place, before), ...rule]),
    undo: inNetns(netns, [...iptables, '-D', place.chain, ...rule]),
  };
}

function nftVerb({ family, table, chain }: ChainPlace, before: Before): readonly string[] {
  const names = ['rule', family, table, chain];
  if (before === undefined) return ['insert', ...names];
  if (before.position === 0) return ['add', ...names];
  const place =
    before.handle === undefined ? ['index', String(before.position - 1)] : ['handle', String(before.handle)];
  return ['insert', ...names, ...place];
}

function iptablesVerb({ chain }: ChainPlace, before: Before): readonly string[] {
  if (before === undefined) return ['-I', chain];
  return before.position === 0 ? ['-A', chain] : ['-I', chain, String(before.position)];
}

/** The program, and the table where it is not the one that it takes by itself. */
function iptablesIn(ruleset: Ruleset, { machinery, family, table }: ChainPlace): readonly [string, ...string[]] {
  const name = family === 'ip6' ? 'ip6tables' : 'iptables';
  const hasLegacy = [...ruleset.tables, ...ruleset.unread].some((part) => part.machinery === 'iptables-legacy');
  const variant = machinery === 'iptables-legacy' ? '-legacy' : hasLegacy ? '-nft' : '';
  return table === 'filter' ? [`${name}${variant}`] : [`${name}${variant}`, '-t', table];
}

/** Ahead of the rule that came next, or at the end. */
function nftPutBack(ruleset: Ruleset, rule: RuleRef): readonly string[] {
  const next = findChain(ruleset, rule).chain?.rules.find(({ ref }: FilterRule) => ref.position === rule.position + 1);
  return ['nft', ...nftVerb(rule, next?.ref ?? CHAIN_END), rule.text];
}

function rulesetOf({ ruleset }: Netns): Ruleset {
  return ruleset.known ? ruleset.value : { tables: [], unread: [] };
}
