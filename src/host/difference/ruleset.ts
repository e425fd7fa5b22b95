/**
 * Changes of packet filters, of nft and of both iptables alike: tables, chains with their policies, rules.
 *
 * What a rule matches may change while its text stays: a set that it names has got another element.
 * Limit: rules that changed places within a chain, none of them new, are said of the chain alone.
 *
 * @module
 */

import type { NetnsName } from '../link.ts';
import type { Chain, FilterRule, Ruleset, RulesetTable } from '../ruleset.ts';
import type { Change, TableChain } from './change.ts';
import { mapTurn, textOfAll, turnsOf } from './turn.ts';

export function rulesetChanges(netns: NetnsName, before: Ruleset, after: Ruleset): readonly Change[] {
  const unread = turnsOf(
    before.unread,
    after.unread,
    ({ machinery, family }) => `${machinery} ${family}`,
    () => '',
  ).flatMap((turn): Change[] => {
    if (turn.action === 'added') {
      return [{ subject: 'reading', action: 'lost', netns, part: 'ruleset', why: turn.after.why }];
    }
    return [{ subject: 'reading', action: 'regained', netns, part: 'ruleset', why: turn.before.why }];
  });
  const tables = turnsOf(before.tables, after.tables, tableKey, textOfAll).flatMap((turn): readonly Change[] =>
    turn.action === 'changed'
      ? tableChanges(netns, turn.before, turn.after)
      : [{ subject: 'filter-table', netns, ...turn }],
  );
  return [...unread, ...tables];
}

function tableKey({ machinery, family, name }: RulesetTable): string {
  return `${machinery} ${family} ${name}`;
}

function tableChanges(netns: NetnsName, before: RulesetTable, after: RulesetTable): readonly Change[] {
  const turns = turnsOf(before.chains, after.chains, ({ name }) => name, textOfAll);
  return turns.flatMap((turn): readonly Change[] => {
    if (turn.action === 'changed') {
      return chainChanges(netns, { table: before, chain: turn.before }, { table: after, chain: turn.after });
    }
    const table = turn.action === 'added' ? after : before;
    return [{ subject: 'filter-chain', netns, ...mapTurn(turn, (chain) => ({ table, chain })) }];
  });
}

function chainChanges(netns: NetnsName, before: TableChain, after: TableChain): readonly Change[] {
  const rules = turnsOf(wholeRules(before.chain), wholeRules(after.chain), ruleKey, ({ content }) => content).map(
    (turn): Change => ({ subject: 'filter-rule', netns, ...mapTurn(turn, ({ rule }) => rule) }),
  );
  const isOtherwise = textOfAll(before.chain.base) !== textOfAll(after.chain.base);
  const isReordered = rules.length === 0 && orderOf(before.chain) !== orderOf(after.chain);
  const chain: Change = { subject: 'filter-chain', netns, action: 'changed', before, after };
  return isOtherwise || isReordered ? [chain, ...rules] : rules;
}

/** A rule, with all that its place in the model holds: a verdict map is several. */
interface WholeRule {
  readonly rule: FilterRule;
  /** Without counters, and without the place, which shifts when other rules come and go. */
  readonly content: string;
}

function wholeRules({ rules }: Chain): readonly WholeRule[] {
  const byPlace = new Map<number, { rule: FilterRule; content: string }>();
  for (const rule of rules) {
    const content = textOfAll([rule.ref.text, rule.matches, rule.statements]);
    const first = byPlace.get(rule.ref.position);
    if (first === undefined) byPlace.set(rule.ref.position, { rule, content });
    else first.content += content;
  }
  return [...byPlace.values()];
}

/** nft's handle stays when a rule is replaced; iptables has none, and the text has to do. */
function ruleKey({ rule: { ref } }: WholeRule): string {
  return ref.handle === undefined ? ref.text : String(ref.handle);
}

function orderOf(chain: Chain): string {
  return wholeRules(chain)
    .map(({ content }) => content)
    .join('\n');
}
