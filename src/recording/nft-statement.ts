/**
 * An nft rule's expressions, in order, as rules of ours: conditions, and what is done when they hold.
 *
 * nft runs expressions one after the other and stops at the first condition that does not hold, so that a rule may act
 * before its last condition, and may decide by a map. Such a rule becomes several of ours.
 *
 * Source: nft(8), STATEMENTS; libnftables-json(5).
 *
 * @module
 */

import type { Match, NatTarget, NumberRange, Statement } from '../host/ruleset.ts';
import { budgetMatches } from './nft-budget.ts';
import { requireFamily, requireProtocol } from './nft-condition.ts';
import { asInteger, asList, asObject, asString, type Json, type JsonObject, tagged, untag } from './nft-json.ts';
import { markStatement } from './nft-mark.ts';
import { elementMatches, elementsOf, matchesOf, type NamedSets } from './nft-match.ts';
import { statementText } from './nft-text.ts';
import { addressOf, numberRanges, prefixValue } from './nft-values.ts';

/** A rule without its place. */
export interface RuleBody {
  readonly matches: readonly Match[];
  readonly statements: readonly Statement[];
}

/** What the rule does. Never empty: a rule without any expression is one that does nothing. */
export function ruleBodies(expressions: readonly Json[], sets: NamedSets): readonly RuleBody[] {
  const bodies: RuleBody[] = [];
  let matches: readonly Match[] = [];
  let statements: readonly Statement[] = [];
  /** What was done so far is done whatever the conditions behind it say. */
  const settle = () => {
    if (statements.every(({ kind }) => kind === 'no-effect')) return;
    bodies.push({ matches, statements });
    statements = [];
  };
  for (const [index, expression] of expressions.entries()) {
    const part = partOf(expression, index === expressions.length - 1, sets);
    switch (part.kind) {
      case 'condition':
        settle();
        matches = together(matches, part.matches);
        break;
      case 'statement':
        matches = together(matches, part.requires);
        statements = [...statements, part.statement];
        break;
      case 'choice':
        settle();
        for (const body of part.bodies) {
          bodies.push({ matches: together(matches, body.matches), statements: [...statements, ...body.statements] });
        }
        break;
    }
  }
  if (statements.length > 0 || bodies.length === 0) bodies.push({ matches, statements });
  return bodies;
}

/** What one expression is to the rule. `requires`: the kernel does not run the statement for other packets. */
type Part =
  | { readonly kind: 'condition'; readonly matches: readonly Match[] }
  | { readonly kind: 'statement'; readonly requires: readonly Match[]; readonly statement: Statement }
  | { readonly kind: 'choice'; readonly bodies: readonly RuleBody[] };

function partOf(expression: Json, isLast: boolean, sets: NamedSets): Part {
  const [tag, value = null] = tagged(expression) ?? [];
  const fields = asObject(value) ?? {};
  const text = statementText(expression);
  switch (tag) {
    case 'match':
      return { kind: 'condition', matches: matchesOf(value, sets) };
    case 'vmap':
      return mapped(fields, sets, text, verdictOf);
    case 'accept':
    case 'drop':
    case 'return':
    case 'continue':
    case 'jump':
    case 'goto':
      return statement(verdictOf(expression) ?? { kind: 'unmodelled', text });
    case 'reject':
      return rejectPart(fields, sets);
    case 'dnat':
    case 'snat':
      return natPart(tag, fields, sets, text);
    case 'masquerade':
    case 'redirect':
      return statement({ kind: tag, ports: portsOf(fields['port']) });
    case 'mangle':
      return statement(markStatement(fields['key'] ?? null, fields['value'] ?? null, text));
    case 'notrack':
      return statement({ kind: 'notrack' });
    case 'counter':
    case 'log':
    case 'ct helper':
    case 'ct timeout':
    case 'ct expectation':
    case 'secmark':
    case 'flow':
    case 'dup':
      return statement({ kind: 'no-effect', text });
    // A limit inside makes it a condition: `update @clients { ip saddr limit rate 5/minute }`.
    case 'set':
      if (fields['stmt'] === undefined) return statement({ kind: 'no-effect', text });
      return { kind: 'condition', matches: budgetMatches(expression, sets) ?? [{ kind: 'unmodelled', text }] };
    case 'limit':
    case 'quota':
    case 'ct count':
    case 'meter':
      return { kind: 'condition', matches: budgetMatches(expression, sets) ?? [{ kind: 'unmodelled', text }] };
    // An extension of iptables in nft's clothes: a match, unless nothing comes after it.
    case 'xt':
      if (isLast || asObject(value)?.['type'] === 'target') return statement({ kind: 'unmodelled', text });
      return { kind: 'condition', matches: [{ kind: 'unmodelled', text }] };
    default:
      return statement({ kind: 'unmodelled', text });
  }
}

function statement(what: Statement, requires: readonly Match[] = []): Part {
  return { kind: 'statement', requires, statement: what };
}

function verdictOf(value: Json): Statement | undefined {
  const [tag, target] = tagged(value) ?? [];
  switch (tag) {
    case 'accept':
    case 'drop':
    case 'return':
      return { kind: tag };
    case 'continue':
      return { kind: 'no-effect', text: 'continue' };
    case 'jump':
    case 'goto': {
      const chain = asString(asObject(target)?.['target']);
      return chain === undefined ? undefined : { kind: tag, chain };
    }
    default:
      return undefined;
  }
}

/** A decision by a map: a body for each of its elements, the one for all others last. */
function mapped(map: JsonObject, sets: NamedSets, text: string, decide: (value: Json) => Statement | undefined): Part {
  const key = map['key'] ?? null;
  const elements = elementsOf(map['data'] ?? null, sets)?.map((element) => asList(element) ?? []);
  if (elements === undefined) return statement({ kind: 'unmodelled', text });
  const others = elements.filter(([element]) => element === '*');
  const ordered = [...elements.filter(([element]) => element !== '*'), ...others];
  // A lot that is none of the others is the last one.
  const isCertain = (index: number) => index === ordered.length - 1 && coversEveryLot(key, ordered);
  return {
    kind: 'choice',
    bodies: ordered.map(([element = null, value = null], index) => ({
      matches: elementMatches(key, isCertain(index) ? '*' : element, sets),
      statements: [decide(value) ?? { kind: 'unmodelled', text }],
    })),
  };
}

/** Whether the map has an element for each number that numgen, jhash or symhash can draw. */
function coversEveryLot(key: Json, elements: readonly (readonly Json[])[]): boolean {
  const [tag, value] = tagged(key) ?? [];
  if (tag !== 'numgen' && tag !== 'jhash' && tag !== 'symhash') return false;
  const lots = asInteger(asObject(value)?.['mod']) ?? Number.NaN;
  const ranges = numberRanges(elements.map(([element = null]) => element)) ?? [];
  return ranges.reduce((sum, [first, last]) => sum + last - first + 1, 0) === lots;
}

/** `icmp` and `icmpv6` rejections act on their own family only, `tcp reset` on TCP only. */
function rejectPart(reject: JsonObject, { family }: NamedSets): Part {
  const type = asString(reject['type']) ?? (family === 'ip6' ? 'icmpv6' : 'icmp');
  const requires =
    type === 'icmp'
      ? requireFamily('inet', family)
      : type === 'icmpv6'
        ? requireFamily('inet6', family)
        : type === 'tcp reset'
          ? requireProtocol(6)
          : [];
  const code = asString(reject['expr']) ?? (type === 'tcp reset' ? undefined : 'port-unreachable');
  return statement({ kind: 'reject', with: code === undefined ? type : `${type} ${code}` }, requires);
}

function natPart(kind: 'dnat' | 'snat', nat: JsonObject, sets: NamedSets, text: string): Part {
  const family = asString(nat['family']);
  const requires =
    family === 'ip' ? requireFamily('inet', sets.family) : family === 'ip6' ? requireFamily('inet6', sets.family) : [];
  const map = asObject(untag(nat['addr'] ?? null, 'map'));
  const decide = (address: Json | undefined): Statement => {
    const network = nat['type_flags'] === 'prefix' ? prefixValue(address) : undefined;
    if (network !== undefined) return { kind: 'netmap', to: network };
    const to = natTarget(address, nat['port'], nat['type_flags'] !== undefined);
    return to === undefined ? { kind: 'unmodelled', text } : { kind, to };
  };
  if (map === undefined) return statement(decide(nat['addr']), requires);
  const part = mapped(map, sets, text, decide);
  if (part.kind !== 'choice') return part;
  return { ...part, bodies: part.bodies.map((body) => ({ ...body, matches: [...requires, ...body.matches] })) };
}

/** Where to: an address, a range of them, and ports; `undefined` for whole prefixes and what else is not modelled. */
function natTarget(address: Json | undefined, port: Json | undefined, isPrefix: boolean): NatTarget | undefined {
  if (isPrefix) return undefined;
  const pair = asList(untag(address, 'concat'));
  if (pair !== undefined) return pair.length === 2 ? natTarget(pair[0], pair[1], false) : undefined;
  const ports = portsOf(port);
  if (port !== undefined && ports === undefined) return undefined;
  if (address === undefined) return { addresses: undefined, ports };
  const [from = null, until = from] = asList(untag(address, 'range')) ?? [address];
  const first = addressOf(from, undefined);
  const last = addressOf(until, undefined);
  return first && last && { addresses: { first, last }, ports };
}

function portsOf(port: Json | undefined): NumberRange | undefined {
  return port === undefined ? undefined : numberRanges([port], asInteger)?.[0];
}

/** Both, without saying twice which protocol or family it must be. */
function together(matches: readonly Match[], more: readonly Match[]): readonly Match[] {
  const all = [...matches];
  for (const match of more) if (!all.some((other) => sameRequirement(other, match))) all.push(match);
  return all;
}

function sameRequirement(a: Match, b: Match): boolean {
  if (a.kind === 'protocol' && b.kind === 'protocol')
    return a.negate === b.negate && sameList(a.protocols, b.protocols);
  if (a.kind === 'family' && b.kind === 'family') return a.negate === b.negate && sameList(a.families, b.families);
  return false;
}

function sameList<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((value, index) => value === b[index]);
}
