/**
 * Edits of a ruleset: the ruleset after a rule was added or deleted, as the commands of `ruleset-commands.ts` do it.
 *
 * Rules behind the place move by one, as their numbers do in iptables. nft gives a new rule a handle that nobody knows
 * beforehand: it has none here.
 *
 * @module
 */

import type { FilterPlace, TrafficSelector } from './edit.ts';
import type {
  BaseChain,
  Chain,
  FilterRule,
  Machinery,
  RuleRef,
  Ruleset,
  RulesetTable,
  Statement,
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

/** Masquerade the traffic: ahead of a rule, or at the end of the chain where sources are translated. */
export function addMasquerade(
  ruleset: Ruleset,
  edit: { readonly machinery: Machinery; readonly traffic: TrafficSelector; readonly before: RuleRef | undefined },
): Ruleset {
  const place = edit.before ?? masqueradePlace(ruleset, edit.machinery, edit.traffic.family);
  const named = atHook(edit.traffic, 'postrouting');
  return changeChain(withChain(ruleset, place), place, (chain) => {
    const position = positionBefore(chain, edit.before ?? CHAIN_END);
    return insertRule(chain, ruleOf({ ...place, position }, named, { kind: 'masquerade', ports: undefined }));
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

/** The table of ours where nft has no chain yet that translates sources. */
const OUR_TABLE = 'nsdiag';

/** The chain to which a masquerading rule is appended; it may not be there yet. */
export function masqueradePlace(ruleset: Ruleset, machinery: Machinery, family: 'inet' | 'inet6'): ChainPlace {
  const ip = family === 'inet' ? 'ip' : 'ip6';
  if (machinery !== 'nft') return { machinery, family: ip, table: 'nat', chain: 'POSTROUTING' };
  for (const table of ruleset.tables) {
    if (table.machinery !== 'nft' || (table.family !== ip && table.family !== 'inet')) continue;
    const chain = table.chains.find(({ base }) => base?.type === 'nat' && base.hook === 'postrouting');
    if (chain !== undefined) return { machinery, family: table.family, table: table.name, chain: chain.name };
  }
  return { machinery, family: ip, table: OUR_TABLE, chain: 'postrouting' };
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
function ruleTextOf(place: ChainPlace, traffic: TrafficSelector, verdict: 'accept' | 'masquerade'): string {
  if (place.machinery === 'nft') return [...nftWordsOf(traffic, place.family), verdict].join(' ');
  return ['-A', place.chain, ...iptablesWordsOf(traffic, true), '-j', verdict.toUpperCase()].join(' ');
}

function ruleOf(
  place: ChainPlace & { readonly position: number },
  traffic: TrafficSelector,
  statement: Extract<Statement, { kind: 'accept' | 'masquerade' }>,
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
      text: ruleTextOf(place, traffic, statement.kind),
    },
    matches: trafficMatches(traffic, family),
    statements: [statement],
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
function withChain(ruleset: Ruleset, place: ChainPlace): Ruleset {
  const { table, chain } = findChain(ruleset, place);
  if (chain !== undefined) return ruleset;
  const { machinery, family, table: name } = place;
  const made: Chain = { name: place.chain, base: SOURCE_NAT, rules: [] };
  if (table === undefined)
    return { ...ruleset, tables: [...ruleset.tables, { machinery, family, name, chains: [made] }] };
  const grown = { ...table, chains: [...table.chains, made] };
  return { ...ruleset, tables: ruleset.tables.map((each) => (each === table ? grown : each)) };
}

/** Both iptables' POSTROUTING and the chain that we make with nft. */
const SOURCE_NAT: BaseChain = { type: 'nat', hook: 'postrouting', priority: 100, policy: 'accept', devices: [] };
