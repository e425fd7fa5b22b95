/**
 * Who probably put a rule or a route there, and will put it back: by the names of chains and tables, by comments, by the
 * protocol of a route, by the numbers of a policy rule.
 *
 * A name is a sign and no proof: anybody may call a chain DOCKER. So what is said is "probably", with the sign.
 *
 * @module
 */

import {
  CHAINS,
  COMMENTS,
  POLICY_SETTERS,
  POLICY_SIGNS,
  PROTOCOLS,
  type Program,
  type Sign,
  TABLES,
} from './owner-signs.ts';
import type { PolicyRule, Route } from './route.ts';
import type { FilterRule, RuleRef, Ruleset, RulesetTable } from './ruleset.ts';

/** Who wrote it, and what tells. */
export interface Owner extends Program {
  /** "chain DOCKER-USER", "proto bird". */
  readonly sign: string;
}

/**
 * Who wrote the rule; of a policy (position 0), who sets that of a chain of which it has made the neighbours.
 *
 * @param ruleset Where the rule stands; a policy is known by the other chains of its table.
 */
export function ruleOwner(rule: RuleRef, ruleset: Ruleset): Owner | undefined {
  const own = named(TABLES, rule.table, 'table') ?? named(CHAINS, rule.chain, 'chain');
  if (own !== undefined) return own;
  if (rule.position === 0) return policyOwner(rule, ruleset);
  const [pattern, program] = COMMENTS.find(([each]) => each.test(rule.text)) ?? [];
  const [sign] = pattern?.exec(rule.text) ?? [];
  return program && { ...program, sign: `comment "${sign?.trim()}"` };
}

/** Who wrote the route, by its protocol; nobody is named for what people and the kernel write. */
export function routeOwner({ protocol }: Route): Owner | undefined {
  const program = PROTOCOLS[protocol];
  return program && { ...program, sign: `proto ${protocol}` };
}

/** Who wrote the policy rule, by its protocol, or by numbers that one program uses. */
export function policyRuleOwner({ madeBy, priority, action, fwmark }: PolicyRule): Owner | undefined {
  const byProtocol = madeBy === undefined ? undefined : PROTOCOLS[madeBy];
  if (byProtocol !== undefined) return { ...byProtocol, sign: `proto ${madeBy}` };
  const table = action.kind === 'lookup' ? action.table : undefined;
  const known = POLICY_SIGNS.find(
    ({ tables, priorities, mark }) =>
      (tables === undefined || (table !== undefined && tables.includes(table))) &&
      (priorities === undefined || priorities.includes(priority)) &&
      (mark === undefined || fwmark?.value === mark),
  );
  if (known === undefined) return undefined;
  const signs = [
    ...(known.priorities === undefined ? [] : [`priority ${priority}`]),
    ...(known.tables === undefined ? [] : [`table ${table}`]),
    ...(known.mark === undefined ? [] : [`mark 0x${known.mark.toString(16)}`]),
  ];
  return { ...known.program, sign: signs.join(', ') };
}

/** In one sentence, without a full stop. */
export function ownerText(owner: Owner, what: 'rule' | 'policy' | 'route' | 'policy rule'): string {
  const lasting = owner.lasting === undefined ? '' : `; what lasts: ${owner.lasting}`;
  return `${owner.program} probably put this ${what} there (${owner.sign}), and writes it again ${owner.rewrites}${lasting}`;
}

function named(signs: readonly Sign[], name: string, what: 'table' | 'chain'): Owner | undefined {
  const [, program] = signs.find(([pattern]) => pattern.test(name)) ?? [];
  return program && { ...program, sign: `${what} ${name}` };
}

/** The policy of a chain that several programs use is of those that set it. */
function policyOwner(rule: RuleRef, { tables }: Ruleset): Owner | undefined {
  const table = tables.find((each) => isTableOf(each, rule));
  if (table === undefined || table.name !== 'filter') return undefined;
  const setters = POLICY_SETTERS.flatMap(({ program, own, sets }): readonly Owner[] => {
    const chain = table.chains.find(({ name, rules }) => own.test(name) && isInUse(table, name, rules));
    return chain === undefined || !sets.test(rule.chain) ? [] : [{ ...program, sign: `chain ${chain.name} beside it` }];
  });
  const [first] = setters;
  if (first === undefined || setters.length === 1) return first;
  const both = (text: (owner: Owner) => string | undefined, word: string) => setters.map(text).join(word);
  const userChain = setters.map((owner) => owner.userChain).find((chain) => chain !== undefined);
  return {
    ...(userChain === undefined ? {} : { userChain }),
    program: both(({ program }) => program, ' or '),
    sign: both(({ sign }) => sign, ', '),
    rewrites: both(({ program, rewrites }) => `${program} ${rewrites}`, '; '),
    lasting: both(({ lasting }) => lasting, '; '),
  };
}

/** What a program has left behind when it was removed tells nothing: somebody has to call it, or it holds rules. */
function isInUse({ chains }: RulesetTable, name: string, rules: readonly FilterRule[]): boolean {
  const isTarget = ({ statements }: FilterRule) =>
    statements.some((each) => (each.kind === 'jump' || each.kind === 'goto') && each.chain === name);
  return rules.length > 0 || chains.some((chain) => chain.rules.some(isTarget));
}

function isTableOf(table: RulesetTable, { family, table: name, machinery }: RuleRef): boolean {
  const isLegacy = table.machinery === 'iptables-legacy';
  return table.family === family && table.name === name && isLegacy === (machinery === 'iptables-legacy');
}
