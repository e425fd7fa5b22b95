/**
 * A rule from nft's JSON back to the words that `nft -s list ruleset` prints (counters without their numbers).
 *
 * What we have no words for stands as compact JSON. Held to nft's own output in test/recording/nft-text.test.ts.
 *
 * Source: nft(8); libnftables-json(5); seen with nftables 1.0.6.
 *
 * @module
 */

import type { TableFamily } from '../host/ruleset.ts';
import {
  asInteger,
  asList,
  asObject,
  asString,
  type Json,
  type JsonObject,
  listed,
  tagged,
  untag,
} from './nft-json.ts';

/** The whole rule, in a table of that family: how a rejection is written by default depends on it. */
export function ruleText(expressions: readonly Json[], comment: string | undefined, family: TableFamily): string {
  const words = expressions.map((each) => (isDefaultReject(each, family) ? 'reject' : statementText(each)));
  return [...words, ...(comment === undefined ? [] : [`comment ${quoted(comment)}`])].join(' ');
}

/** One expression of a rule: a match or a statement. */
export function statementText(statement: Json): string {
  const [tag, value = null] = tagged(statement) ?? [];
  const fields = asObject(value) ?? {};
  switch (tag) {
    case 'match':
      return matchText(fields);
    case 'accept':
    case 'drop':
    case 'return':
    case 'continue':
    case 'notrack':
      return tag;
    case 'jump':
    case 'goto':
      return `${tag} ${fields['target']}`;
    case 'counter':
      return typeof value === 'string' ? `counter name ${quoted(value)}` : 'counter';
    case 'quota':
      return typeof value === 'string' ? `quota name ${quoted(value)}` : compact(statement);
    case 'limit':
      return limitText(value);
    case 'log':
      return logText(fields);
    case 'reject':
      return rejectText(fields);
    case 'vmap':
      return `${expressionText(fields['key'] ?? null)} vmap ${expressionText(fields['data'] ?? null, fields['key'])}`;
    case 'mangle':
      return `${expressionText(fields['key'] ?? null)} set ${mangleValue(fields)}`;
    case 'dnat':
    case 'snat':
    case 'masquerade':
    case 'redirect':
      return natText(tag, fields);
    case 'ct helper':
      return `ct helper set ${quoted(String(value))}`;
    case 'ct count':
      return `ct count ${fields['inv'] === true ? 'over ' : ''}${fields['val']}`;
    case 'set':
      return setStatementText(fields);
    default:
      return compact(statement);
  }
}

/** An expression; `of` is the field whose value it is, which decides how numbers and names are written. */
export function expressionText(expression: Json, of?: Json): string {
  if (typeof expression === 'string') {
    return QUOTED_FIELDS.has(fieldName(of)) && !expression.startsWith('@') ? quoted(expression) : expression;
  }
  if (typeof expression === 'number') return numberText(expression, of);
  if (typeof expression === 'boolean') return expression ? 'exists' : 'missing';
  const elements = asList(expression);
  if (elements !== undefined) return elements.map((each) => expressionText(each, of)).join(',');
  const [tag, value = null] = tagged(expression) ?? [];
  const fields = asObject(value) ?? {};
  switch (tag) {
    case 'payload':
      return payloadText(fields);
    case 'meta':
      return metaText(String(fields['key']));
    case 'ct':
      return ['ct', fields['dir'], fields['key']].filter((word) => word !== undefined).join(' ');
    case 'fib':
      return `fib ${(asList(fields['flags']) ?? []).join(' . ')} ${fields['result']}`;
    case 'prefix':
      return `${fields['addr']}/${fields['len']}`;
    case 'range':
      return (asList(value) ?? []).map((end) => expressionText(end, of)).join('-');
    case 'concat':
      return concatText(asList(value) ?? [], of);
    case 'set':
      return `{ ${(asList(value) ?? []).map((element) => elementText(element, of)).join(', ')} }`;
    case 'elem':
      return expressionText(fields['val'] ?? null, of);
    case 'map':
      return `${expressionText(fields['key'] ?? null)} map ${expressionText(fields['data'] ?? null, fields['key'])}`;
    case '&':
    case '|':
    case '^':
      return operationText(tag, asList(value) ?? []);
    case 'numgen':
      return `numgen ${fields['mode']} mod ${fields['mod']}${fields['offset'] ? ` offset ${fields['offset']}` : ''}`;
    case 'jhash':
      return `jhash ${expressionText(fields['expr'] ?? null)} mod ${fields['mod']}`;
    case 'tcp option':
      return `tcp option ${fields['name']} ${fields['field'] ?? ''}`.trim();
    case 'exthdr':
      return fields['field'] === undefined ? `exthdr ${fields['name']}` : `${fields['name']} ${fields['field']}`;
    case 'socket':
    case 'rt':
      return `${tag} ${fields['key']}`;
    case 'accept':
    case 'drop':
    case 'return':
    case 'continue':
    case 'jump':
    case 'goto':
      return statementText(expression);
    default:
      return compact(expression);
  }
}

function matchText(match: JsonObject): string {
  const left = match['left'] ?? null;
  const right = match['right'] ?? null;
  const op = asString(match['op']) ?? '';
  const masked = asList(untag(left, '&'));
  const [field, mask] = masked ?? [];
  if (field !== undefined && mask !== undefined && fieldName(field) === 'flags') {
    const sign = op === '!=' ? '!= ' : '';
    return `${expressionText(field)} ${sign}${expressionText(right)} / ${expressionText(mask)}`;
  }
  const sign = masked === undefined && (op === '==' || op === 'in') ? '' : `${op} `;
  return `${expressionText(left)} ${sign}${expressionText(right, rightField(left))}`;
}

/** The field whose values stand on the right: the one that is masked, where one is. */
function rightField(left: Json): Json {
  return asList(untag(left, '&'))?.[0] ?? left;
}

/** Fields whose textual values nft puts in quotes. */
const QUOTED_FIELDS: ReadonlySet<string> = new Set([
  'iif',
  'iifname',
  'oif',
  'oifname',
  'iifgroup',
  'oifgroup',
  'ibrname',
  'obrname',
  'rtclassid',
  'hour',
  'day',
  'time',
  'helper',
]);

/** `meta` keys that nft prints without the word. */
const UNQUALIFIED_META: ReadonlySet<string> = new Set(['iif', 'iifname', 'oif', 'oifname', 'iifgroup', 'oifgroup']);

function fieldName(field: Json | undefined): string {
  const [tag, value] = tagged(field) ?? [];
  if (tag !== 'meta' && tag !== 'ct' && tag !== 'payload') return '';
  return String(asObject(value)?.[tag === 'payload' ? 'field' : 'key']);
}

function isMark(field: Json | undefined): boolean {
  const tag = tagged(field)?.[0];
  return (tag === 'meta' || tag === 'ct') && fieldName(field) === 'mark';
}

function metaText(key: string): string {
  return UNQUALIFIED_META.has(key) ? key : `meta ${key}`;
}

function payloadText(payload: JsonObject): string {
  if (payload['base'] !== undefined) return `@${payload['base']},${payload['offset']},${payload['len']}`;
  return `${payload['protocol']} ${payload['field']}`;
}

function concatText(parts: readonly Json[], of: Json | undefined): string {
  const fields = asList(untag(of ?? null, 'concat'));
  return parts.map((part, index) => expressionText(part, fields?.[index])).join(' . ');
}

/** An element of a set, or a pair of a map. */
function elementText(element: Json, of: Json | undefined): string {
  const pair = asList(element);
  if (pair === undefined) return expressionText(element, of);
  return pair.map((part, index) => expressionText(part, index === 0 ? of : undefined)).join(' : ');
}

function operationText(operator: string, [left = null, right = null]: readonly Json[]): string {
  return `${expressionText(left)} ${operator} ${expressionText(right, innermost(left))}`;
}

function innermost(expression: Json): Json {
  const [tag, value] = tagged(expression) ?? [];
  const [inner] = (tag === '&' || tag === '|' || tag === '^') && value !== undefined ? listed(value) : [];
  return inner === undefined ? expression : innermost(inner);
}

function mangleValue(fields: JsonObject): string {
  return expressionText(fields['value'] ?? null, fields['key']);
}

/** A burst of 5 packets is what the kernel has by itself, and nft does not print it. */
const DEFAULT_BURST = 5;

function limitText(value: Json): string {
  if (typeof value === 'string') return `limit name ${quoted(value)}`;
  const limit = asObject(value) ?? {};
  const over = limit['inv'] === true ? 'over ' : '';
  const unit = limit['rate_unit'] === undefined || limit['rate_unit'] === 'packets' ? '' : ` ${limit['rate_unit']}`;
  const burst = asInteger(limit['burst']) ?? 0;
  const burstUnit = asString(limit['burst_unit']) ?? 'packets';
  const burstText = burst === 0 || (unit === '' && burst === DEFAULT_BURST) ? '' : ` burst ${burst} ${burstUnit}`;
  return `limit rate ${over}${limit['rate']}${unit}/${limit['per']}${burstText}`;
}

function logText(log: JsonObject): string {
  const words = ['log'];
  if (log['prefix'] !== undefined) words.push('prefix', quoted(String(log['prefix'])));
  if (log['group'] !== undefined) words.push('group', String(log['group']));
  if (log['snaplen'] !== undefined) words.push('snaplen', String(log['snaplen']));
  if (log['queue-threshold'] !== undefined) words.push('queue-threshold', String(log['queue-threshold']));
  if (log['level'] !== undefined) words.push('level', String(log['level']));
  if (log['flags'] !== undefined) words.push('flags', listed(log['flags']).join(','));
  return words.join(' ');
}

function isDefaultReject(statement: Json, family: TableFamily): boolean {
  const reject = asObject(untag(statement, 'reject'));
  const type = family === 'ip' ? 'icmp' : family === 'ip6' ? 'icmpv6' : 'icmpx';
  return reject?.['expr'] === 'port-unreachable' && reject['type'] === type;
}

function rejectText(reject: JsonObject): string {
  const { type, expr } = { type: asString(reject['type']), expr: asString(reject['expr']) };
  if (type === undefined) return 'reject';
  return ['reject with', type, ...(expr === undefined ? [] : [expr])].join(' ');
}

function natText(kind: string, nat: JsonObject): string {
  const words = [kind];
  if (nat['family'] !== undefined) words.push(String(nat['family']));
  const typeFlags = nat['type_flags'];
  if (typeFlags !== undefined) words.push(...listed(typeFlags).map(String));
  const target = natTarget(nat);
  if (target !== '') words.push('to', target);
  // `netmap` is what `prefix` already said.
  const flags = nat['flags'] === undefined ? [] : listed(nat['flags']).filter((flag) => flag !== 'netmap');
  if (flags.length > 0) words.push(flags.join(','));
  return words.join(' ');
}

function natTarget(nat: JsonObject): string {
  const address = nat['addr'] === undefined ? '' : expressionText(nat['addr']);
  if (nat['port'] === undefined) return address;
  return `${address.includes(':') ? `[${address}]` : address}:${expressionText(nat['port'])}`;
}

function setStatementText(statement: JsonObject): string {
  const stateful = (asList(statement['stmt']) ?? []).map((each) => ` ${statementText(each)}`).join('');
  return `${statement['op']} ${statement['set']} { ${expressionText(statement['elem'] ?? null)}${stateful} }`;
}

/** Marks and bytes without a name are printed in hexadecimal. */
function numberText(number: number, of: Json | undefined): string {
  if (isMark(of)) return `0x${number.toString(16).padStart(8, '0')}`;
  const isRaw = asObject(untag(of ?? null, 'payload'))?.['base'] !== undefined;
  return isRaw ? `0x${number.toString(16)}` : String(number);
}

function quoted(text: string): string {
  return `"${text}"`;
}

function compact(value: Json): string {
  return JSON.stringify(value);
}
