/**
 * An nft `match` expression as our matches: the field on the left, the values or the set on the right.
 *
 * What we do not model is one `unmodelled` match with the expression's text; what it requires is kept, so that a
 * packet that the field cannot be asked about is still known not to match.
 *
 * Source: nft(8), EXPRESSIONS; libnftables-json(5).
 *
 * @module
 */

import type { Match, TableFamily } from '../host/ruleset.ts';
import type { Field } from './nft-condition.ts';
import { fieldOf } from './nft-field.ts';
import { asInteger, asList, asObject, asString, type Json, type JsonObject, untag } from './nft-json.ts';
import { expressionText, statementText } from './nft-text.ts';
import { bareElement } from './nft-values.ts';

/** What the rules of one table refer to by name. */
export interface NamedSets {
  /** The elements of a set, or the pairs of a map; `undefined` when packets change it, or it is not there. */
  readonly elements: (name: string) => readonly Json[] | undefined;
  /** A named limit or quota. */
  readonly findObject: (kind: string, name: string) => JsonObject | undefined;
  readonly family: TableFamily;
}

/** The condition of a `match`. */
export function matchesOf(value: Json, sets: NamedSets): readonly Match[] {
  const match = asObject(value);
  const left = match?.['left'];
  const right = match?.['right'];
  const op = asString(match?.['op']);
  const unmodelled: Match = { kind: 'unmodelled', text: statementText({ match: value }) };
  if (left === undefined || right === undefined || op === undefined) return [unmodelled];
  const key = keyOf(left, sets);
  return [...key.requires, ...(conditionOf(key, op, right, sets) ?? [unmodelled])];
}

/** The condition that a key (a field, or several concatenated) has the value of one element of a map. */
export function elementMatches(key: Json, element: Json, sets: NamedSets): readonly Match[] {
  const { requires, among } = keyOf(key, sets);
  const text = `${expressionText(key)} ${expressionText(element, key)}`;
  const match = element === '*' ? [] : [among([bareElement(element)]) ?? ({ kind: 'unmodelled', text } as const)];
  return [...requires, ...match];
}

/** The elements of an anonymous set, or of the named one. */
export function elementsOf(value: Json, sets: NamedSets): readonly Json[] | undefined {
  const anonymous = asList(untag(value, 'set'));
  if (anonymous !== undefined) return anonymous;
  const name = asString(value);
  return name?.startsWith('@') ? sets.elements(name.slice(1)) : undefined;
}

/** The opposite condition; nothing when there is none to be made (what never holds is always not so). */
function negated(match: Match): readonly Match[] {
  if (match.kind === 'never') return [];
  return 'negate' in match ? [{ ...match, negate: !match.negate }] : [match];
}

function keyOf(left: Json, sets: NamedSets): Field {
  const parts = asList(untag(left, 'concat'));
  if (parts === undefined) return fieldOf(left, sets.family) ?? { requires: [], among: () => undefined };
  const fields = parts.map((part) => fieldOf(part, sets.family));
  return {
    requires: fields.flatMap((field) => field?.requires ?? []),
    among: (values) => {
      const alternatives = values.map((value) => concatenated(parts, fields, value));
      return { kind: 'any', negate: false, alternatives };
    },
  };
}

/** One element of a set of concatenations: each of its parts has its own value. */
function concatenated(parts: readonly Json[], fields: readonly (Field | undefined)[], element: Json): readonly Match[] {
  const values = asList(untag(element, 'concat')) ?? [];
  return parts.map((part, index) => {
    const value = bareElement(values[index] ?? null);
    const text = `${expressionText(part)} ${expressionText(value, part)}`;
    return fields[index]?.among([value]) ?? { kind: 'unmodelled', text };
  });
}

function conditionOf(key: Field, op: string, right: Json, sets: NamedSets): readonly Match[] | undefined {
  const isSet = untag(right, 'set') !== undefined || asString(right)?.startsWith('@');
  if (isSet) return setCondition(key, op, elementsOf(right, sets));
  switch (op) {
    case '==':
    case 'in':
      return positive(asList(right) || op === 'in' ? bits(key, op, right) : key.among([right]));
    case '!=':
      return negative(asList(right) ? bits(key, '==', right) : key.among([right]));
    case '!':
      return negative(bits(key, 'in', right));
    default:
      return relation(key, op, right);
  }
}

function setCondition(key: Field, op: string, elements: readonly Json[] | undefined): readonly Match[] | undefined {
  if (elements === undefined || (op !== '==' && op !== '!=')) return undefined;
  if (elements.some((element) => element === '*')) return op === '==' ? [] : [{ kind: 'never' }];
  const match: Match | undefined = elements.length === 0 ? { kind: 'never' } : key.among(elements.map(bareElement));
  return op === '==' ? positive(match) : negative(match);
}

/** `in`: one of the bits; `==` with a list: exactly these bits. */
function bits(key: Field, op: string, right: Json): Match | undefined {
  if (op === '==') return key.among([right]);
  return key.anyBit?.(asList(right) ?? [right]);
}

const MAX_UINT32 = 0xffffffff;

function relation(key: Field, op: string, right: Json): readonly Match[] | undefined {
  const value = asInteger(right);
  const range = value === undefined ? undefined : rangeOf(op, value);
  if (range === undefined) return undefined;
  const [first, last] = range;
  return first > last ? [{ kind: 'never' }] : positive(key.among([{ range: [first, last] }]));
}

function rangeOf(op: string, value: number): readonly [number, number] | undefined {
  switch (op) {
    case '<':
      return [0, value - 1];
    case '<=':
      return [0, value];
    case '>':
      return [value + 1, MAX_UINT32];
    case '>=':
      return [value, MAX_UINT32];
    default:
      return undefined;
  }
}

function positive(match: Match | undefined): readonly Match[] | undefined {
  return match && [match];
}

function negative(match: Match | undefined): readonly Match[] | undefined {
  return match && negated(match);
}
