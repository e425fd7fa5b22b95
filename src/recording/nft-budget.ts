/**
 * nft's statements that hold until something is used up: limits, quotas, counts of connections, alone or one for each
 * element of a set (`update @clients { ip saddr limit rate over 5/minute }`).
 *
 * Source: nft(8), LIMIT STATEMENT, QUOTA, CT COUNT, SET STATEMENT; net/netfilter/nft_limit.c, nft_quota.c,
 * nft_connlimit.c, nft_dynset.c; libnftables-json(5), seen with nftables 1.0.6.
 *
 * @module
 */

import type { Match } from '../host/ruleset.ts';
import { connectionCount } from './iptables-module.ts';
import { asInteger, asList, asObject, asString, type Json, type JsonObject, tagged } from './nft-json.ts';
import { elementMatches, type NamedSets } from './nft-match.ts';
import { statementText } from './nft-text.ts';
import { bareElement } from './nft-values.ts';

/** What must hold for the rule to go on behind the statement; `undefined` when we do not model it. */
export function budgetMatches(statement: Json, sets: NamedSets): readonly Match[] | undefined {
  const [tag, value = null] = tagged(statement) ?? [];
  const text = statementText(statement);
  const fields = asObject(value) ?? sets.findObject(tag ?? '', asString(value) ?? '');
  switch (tag) {
    case 'limit':
      return fields && [{ kind: 'budget', text, within: fields['inv'] !== true }];
    case 'quota':
      return fields && quota(fields, text);
    case 'ct count': {
      const most = asInteger(fields?.['val']);
      return most === undefined ? undefined : connectionCount(most, fields?.['inv'] === true, text);
    }
    case 'set':
    case 'meter':
      return fields && perElement(fields, text, sets);
    default:
      return undefined;
  }
}

/** Every named quota says how much of it is used, an anonymous one only when it is asked for state. */
function quota(fields: JsonObject, text: string): readonly Match[] {
  const isOver = fields['inv'] === true;
  const total = bytesOf(fields['bytes'] ?? fields['val'], fields['val_unit']);
  const used = bytesOf(fields['used'], fields['used_unit']);
  if (total === undefined || used === undefined || used < total) return [{ kind: 'budget', text, within: !isOver }];
  return isOver ? [] : [{ kind: 'never' }];
}

const UNIT_BYTES: Readonly<Record<string, number>> = { bytes: 1, kbytes: 1024, mbytes: 1024 * 1024 };

function bytesOf(amount: Json | undefined, unit: Json | undefined): number | undefined {
  const count = asInteger(amount);
  const bytes = UNIT_BYTES[asString(unit) ?? 'bytes'];
  return count === undefined || bytes === undefined ? undefined : count * bytes;
}

/** The element is added with a budget of its own; the text is that of the whole, which names the set. */
function perElement(fields: JsonObject, text: string, sets: NamedSets): readonly Match[] | undefined {
  const statements = asList(fields['stmt']) ?? (fields['stmt'] === undefined ? [] : [fields['stmt']]);
  const matches: Match[] = [...elementMatches(bareElement(fields['elem'] ?? fields['key'] ?? null), '*', sets)];
  for (const each of statements) {
    if (tagged(each)?.[0] === 'counter') continue;
    const inner = budgetMatches(each, sets);
    if (inner === undefined) return undefined;
    matches.push(...inner.map((match) => (match.kind === 'budget' ? { ...match, text } : match)));
  }
  return matches;
}
