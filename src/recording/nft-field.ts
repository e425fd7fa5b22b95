/**
 * Which field an nft expression reads.
 *
 * Source: nft(8), EXPRESSIONS; libnftables-json(5).
 *
 * @module
 */

import type { Match, TableFamily } from '../host/ruleset.ts';
import { type Field, unmodelledField } from './nft-condition.ts';
import { asInteger, asList, asObject, asString, type Json, tagged } from './nft-json.ts';
import { ctField, fibField, markField, metaField } from './nft-meta.ts';
import { flagBits, payloadField, TCP_FLAGS, tcpFlagsAmong } from './nft-payload.ts';
import { expressionText } from './nft-text.ts';

/** The field that an expression reads, in a table of that family; `undefined` when we do not model it. */
export function fieldOf(expression: Json, table: TableFamily): Field | undefined {
  const [tag, value] = tagged(expression) ?? [];
  switch (tag) {
    case 'payload':
      return payloadField(value ?? null, table);
    case 'meta':
      return asObject(value)?.['key'] === 'ipsec' ? zeroField([]) : metaField(asString(asObject(value)?.['key']));
    case 'ct':
      return ctField(asString(asObject(value)?.['key']), asString(asObject(value)?.['dir']));
    case 'numgen':
    case 'jhash':
    case 'symhash':
      return { requires: [], among: () => ({ kind: 'chance', text: expressionText(expression) }) };
    case 'rt':
      return asObject(value)?.['key'] === 'ipsec' ? zeroField([]) : undefined;
    case 'fib':
      return fibField(value ?? null);
    case 'exthdr':
      // A header that is not there has no fields: the rule is left.
      return asObject(value)?.['field'] === undefined ? zeroField([]) : unmodelledField([{ kind: 'never' }]);
    case '&':
      return maskedField(value ?? null, table);
    default:
      return undefined;
  }
}

/** `meta mark & 0xff`, `tcp flags & (fin | syn)`, `ip frag-off & 0x1fff`. */
function maskedField(value: Json, table: TableFamily): Field | undefined {
  const [left, mask] = asList(value) ?? [];
  if (left === undefined || mask === undefined) return undefined;
  const [tag, inner] = tagged(left) ?? [];
  const key = asObject(inner)?.['key'];
  const bits = asInteger(mask);
  if (tag === 'meta' && key === 'mark' && bits !== undefined) return markField('packet', bits);
  if (tag === 'ct' && key === 'mark' && bits !== undefined) return markField('connection', bits);
  const field = fieldOf(left, table);
  const isFragmentField = tag === 'payload' && asObject(inner)?.['field'] === 'frag-off';
  if (field !== undefined && isFragmentField && bits !== undefined && (bits & ~FRAGMENT_BITS) === 0) {
    return zeroField(field.requires);
  }
  if (field !== TCP_FLAGS) return field && unmodelledField(field.requires);
  const flags = flagBits(asList(mask) ?? [mask]);
  if (flags === undefined) return unmodelledField(field.requires);
  return { requires: field.requires, among: (values) => tcpFlagsAmong(values, flags) };
}

/** Bits of `ip frag-off` that a whole packet has all zero: more-fragments and the offset, without don't-fragment. */
const FRAGMENT_BITS = 0x3fff;

/** What we walk is whole when it meets a rule, and IPv6 packets of ours have no headers between. */
function zeroField(requires: readonly Match[]): Field {
  return {
    requires,
    among: (values) => {
      const has = values.some((value) => value === 0 || value === false);
      return has ? { kind: 'any', negate: false, alternatives: [[]] } : { kind: 'never' };
    },
  };
}
