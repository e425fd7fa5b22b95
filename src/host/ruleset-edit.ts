/**
 * Edits of a ruleset: the ruleset after a rule was added or deleted, as the commands of `ruleset-commands.ts` do it.
 *
 * Rules behind the place move by one, as their numbers do in iptables. nft gives a new rule a handle that nobody knows
 * beforehand: it has none here.
 *
 * @module
 */

import type { Edit, FilterPlace, TrafficSelector } from './edit.ts';
import { iptablesActionWords, nftActionWords, type RuleAction, statementOf } from './rule-action.ts';
import type {
  BaseChain,
  Chain,
  FilterRule,
  Hook,
  Machinery,
  RuleRef,
  Ruleset,
  RulesetTable,
  TableFamily,
} from './ruleset.ts';
import { atHook, iptablesWordsOf, nftWordsOf, trafficMatches } from './traffic-rule.ts';

/** Accept the traffic ahead of the rule, or at the end of the chain whose policy stops it. */
export function insertAccept(
  ruleset: Ruleset,
  { place, traffic }: { readonly place: FilterPlace; readonly traffic: TrafficSelector },
): Ruleset {
  return changeChain(ruleset, place, (chain) => {
    const position = positionBefore(chain, place.before);
    const named = atHook(traffic, place.hook);
    return insertRule(chain, ruleOf({ ...place, position }, named, { kind: 'accept' }));
  });
}

/** An edit that translates. */
export type NatEdit = Extract<Edit, { kind: 'masquerade' | 'dnat' }>;

/** Where it translates: sources where packets leave, destinations where they come in or are sent. */
export function natHook(edit: NatEdit): NatHook {
  return edit.kind === 'dnat' ? edit.hook : 'postrouting';
}

type NatHook = Extract<Hook, 'prerouting' | 'output' | 'postrouting'>;

/** Translate the traffic: ahead of a rule, or at the end of the chain in which its hook translates. */
export function addNat(ruleset: Ruleset, edit: NatEdit): Ruleset {
  const hook = natHook(edit);
  const place = edit.before ?? natPlace(ruleset, edit.machinery, hook, edit.traffic.family);
  const named = atHook(edit.traffic, hook);
  return changeChain(withChain(ruleset, place, hook), place, (chain) => {
    const position = positionBefore(chain, edit.before ?? CHAIN_END);
    return insertRule(chain, ruleOf({ ...place, position }, named, edit));
  });
}

/** Take the rule out. @throws RangeError for a policy, which cannot be deleted. */
export function deleteRule(ruleset: Ruleset, { rule }: { readonly rule: RuleRef }): Ruleset {
  if (rule.position === 0) throw new RangeError(`the policy of ${rule.chain} is no rule`);
  return changeChain(ruleset, rule, (chain) => ({
    ...chain,
    rules: chain.rules
      .filter(({ ref }) => ref.position !== rule.position)
      .map((each) => (each.ref.position > rule.position ? moved(each, -1) : each)),
  }));
}

/** A chain. */
export interface ChainPlace {
  readonly machinery: Machinery;
  readonly family: TableFamily;
  readonly table: string;
  readonly chain: string;
}

/** The table of ours where nft has no chain yet that translates there. */
const OUR_TABLE = 'nsdiag';

/** The chain to which a translating rule is appended; it may not be there yet. */
export function natPlace(ruleset: Ruleset, machinery: Machinery, hook: NatHook, family: 'inet' | 'inet6'): ChainPlace {
  const ip = family === 'inet' ? 'ip' : 'ip6';
  if (machinery !== 'nft') return { machinery, family: ip, table: 'nat', chain: hook.toUpperCase() };
  for (const table of ruleset.tables) {
    if (table.machinery !== 'nft' || (table.family !== ip && table.family !== 'inet')) continue;
    const chain = table.chains.find(({ base }) => base?.type === 'nat' && base.hook === hook);
    if (chain !== undefined) return { machinery, family: table.family, table: table.name, chain: chain.name };
  }
  return { machinery, family: ip, table: OUR_TABLE, chain: hook };
}

/** Whether the ruleset has the table, and the chain in it. */
export function findChain(
  ruleset: Ruleset,
  place: ChainPlace,
): { table: RulesetTable | undefined; chain: Chain | undefined } {
  const table = ruleset.tables.find((each) => isTableOf(each, place));
  return { table, chain: table?.chains.find(({ name }) => name === place.chain) };
}

/** A place within a chain: ahead of that rule; `undefined` for its head. */
export type Before = Pick<RuleRef, 'position' | 'handle'> | undefined;

/** Ahead of the policy. */
export const CHAIN_END = { position: 0, handle: undefined } as const;

/** Counted as iptables counts: 1 for the head of the chain, one behind the last rule for its end. */
function positionBefore(chain: Chain, before: Before): number {
  if (before === undefined) return 1;
  if (before.position > 0) return before.position;
  return chain.rules.reduce((most, { ref }) => Math.max(most, ref.position), 0) + 1;
}

/** The rule as its tool will print it. */
function ruleTextOf(place: ChainPlace, traffic: TrafficSelector, action: RuleAction): string {
  if (place.machinery === 'nft')
    return [...nftWordsOf(traffic, place.family), ...nftActionWords(action, place.family)].join(' ');
  return ['-A', place.chain, ...iptablesWordsOf(traffic, true), ...iptablesActionWords(action)].join(' ');
}

function ruleOf(
  place: ChainPlace & { readonly position: number },
  traffic: TrafficSelector,
  action: RuleAction,
): FilterRule {
  const { machinery, family, table, chain, position } = place;
  return {
    ref: {
      machinery,
      family,
      table,
      chain,
      handle: undefined,
      position,
      text: ruleTextOf(place, traffic, action),
    },
    matches: trafficMatches(traffic, family),
    statements: [statementOf(action)],
    packets: machinery === 'nft' ? undefined : 0,
  };
}

function insertRule(chain: Chain, rule: FilterRule): Chain {
  const { position } = rule.ref;
  const before = chain.rules.filter(({ ref }) => ref.position < position);
  const behind = chain.rules.filter(({ ref }) => ref.position >= position);
  return { ...chain, rules: [...before, rule, ...behind.map((each) => moved(each, 1))] };
}

function moved(rule: FilterRule, by: number): FilterRule {
  return { ...rule, ref: { ...rule.ref, position: rule.ref.position + by } };
}

/** A rule that nft put into a table of iptables-nft is nft's, in a table that both of them see. */
function isTableOf(table: RulesetTable, place: ChainPlace): boolean {
  const isLegacy = table.machinery === 'iptables-legacy';
  const isSameKind = isLegacy === (place.machinery === 'iptables-legacy');
  return isSameKind && table.family === place.family && table.name === place.table;
}

function changeChain(ruleset: Ruleset, place: ChainPlace, change: (chain: Chain) => Chain): Ruleset {
  return {
    ...ruleset,
    tables: ruleset.tables.map((table) =>
      isTableOf(table, place)
        ? { ...table, chains: table.chains.map((chain) => (chain.name === place.chain ? change(chain) : chain)) }
        : table,
    ),
  };
}

/** The ruleset with that chain, made as the commands make it where it is not there. */
function withChain(ruleset: Ruleset, place: ChainPlace, hook: NatHook): Ruleset {
  const { table, chain } = findChain(ruleset, place);
  if (chain !== undefined) return ruleset;
  const { machinery, family, table: name } = place;
  const made: Chain = { name: place.chain, base: natBase(hook), rules: [] };
  if (table === undefined)
    return { ...ruleset, tables: [...ruleset.tables, { machinery, family, name, chains: [made] }] };
  const grown = { ...table, chains: [...table.chains, made] };
  return { ...ruleset, tables: ruleset.tables.map((each) => (each === table ? grown : each)) };
}

/** Both the chain of iptables and the one that we make with nft. */
function natBase(hook: NatHook): BaseChain {
  return { type: 'nat', hook, priority: natPriority(hook), policy: 'accept', devices: [] };
}

/** NF_IP_PRI_NAT_SRC and NF_IP_PRI_NAT_DST. */
export function natPriority(hook: NatHook): number {
  return hook === 'postrouting' ? 100 : -100;
}
