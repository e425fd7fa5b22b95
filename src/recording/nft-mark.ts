/**
 * nft's `... set ...` statements: marks, TTL and segment sizes are modelled, what cannot change the way of the packet is passed over.
 *
 * Source: nft(8), PAYLOAD STATEMENT, META STATEMENT, CONNTRACK STATEMENT.
 *
 * @module
 */

import type { Statement } from '../host/ruleset.ts';
import { asInteger, asList, asObject, type Json, tagged } from './nft-json.ts';

/** What is changed by `key set value`. */
export function markStatement(key: Json, value: Json, text: string): Statement {
  const mark = markOf(key);
  if (mark !== undefined) return change(mark, value) ?? { kind: 'unmodelled', text };
  const ttl = isTimeToLive(key) ? asInteger(value) : undefined;
  if (ttl !== undefined) return { kind: 'set-ttl', to: ttl };
  const size = isSegmentSize(key) ? segmentSize(value) : undefined;
  if (size !== undefined) return { kind: 'clamp-mss', to: size };
  return isHarmless(key) ? { kind: 'no-effect', text } : { kind: 'unmodelled', text };
}

function isTimeToLive(key: Json): boolean {
  const [tag, value] = tagged(key) ?? [];
  const field = asObject(value)?.['field'];
  return tag === 'payload' && (field === 'ttl' || field === 'hoplimit');
}

function isSegmentSize(key: Json): boolean {
  const [tag, value] = tagged(key) ?? [];
  const fields = asObject(value);
  return tag === 'tcp option' && fields?.['name'] === 'maxseg' && fields['field'] === 'size';
}

/** A number of bytes, or `rt mtu`: what the path takes. */
function segmentSize(value: Json): number | 'path' | undefined {
  const [tag, inner] = tagged(value) ?? [];
  return tag === 'rt' && asObject(inner)?.['key'] === 'mtu' ? 'path' : asInteger(value);
}

type Mark = 'packet' | 'connection';

const ALL = 0xffffffff;

function markOf(expression: Json): Mark | undefined {
  const [tag, value] = tagged(expression) ?? [];
  if (asObject(value)?.['key'] !== 'mark') return undefined;
  return tag === 'meta' ? 'packet' : tag === 'ct' ? 'connection' : undefined;
}

/** What a mark becomes: `source`'s bits under `and`, then `or`, then `xor`; no source: nothing of the old is left. */
interface Sum {
  readonly source: Mark | undefined;
  readonly and: number;
  readonly or: number;
  readonly xor: number;
}

function change(of: Mark, value: Json): Statement | undefined {
  const sum = sumOf(value);
  if (sum === undefined) return undefined;
  const { source, and, or, xor } = sum;
  if (source === undefined) return { kind: 'set-mark', of, value: (or ^ xor) >>> 0, mask: ALL };
  // (m & and | or) ^ xor = (m & ~mask) ^ value, with these two:
  if (source === of) return { kind: 'set-mark', of, value: (or ^ xor) >>> 0, mask: (~and | or) >>> 0 };
  return or === 0 && xor === 0 ? { kind: 'copy-mark', to: of, toMask: ALL, fromMask: and } : undefined;
}

function sumOf(value: Json): Sum | undefined {
  const number = asInteger(value);
  if (number !== undefined) return { source: undefined, and: 0, or: number, xor: 0 };
  const source = markOf(value);
  if (source !== undefined) return { source, and: ALL, or: 0, xor: 0 };
  const [operator, operands] = tagged(value) ?? [];
  const [left, right] = asList(operands) ?? [];
  const sum = left === undefined ? undefined : sumOf(left);
  const bits = asInteger(right);
  if (sum === undefined || bits === undefined) return undefined;
  switch (operator) {
    case '&':
      return { ...sum, and: (sum.and & bits) >>> 0, or: (sum.or & bits) >>> 0, xor: (sum.xor & bits) >>> 0 };
    case '|':
      return { ...sum, and: (sum.and & ~bits) >>> 0, or: (sum.or | bits) >>> 0, xor: (sum.xor & ~bits) >>> 0 };
    case '^':
      return { ...sum, xor: (sum.xor ^ bits) >>> 0 };
    default:
      return undefined;
  }
}

const HARMLESS_META: ReadonlySet<unknown> = new Set(['nftrace', 'priority', 'secmark']);
const HARMLESS_CT: ReadonlySet<unknown> = new Set(['helper', 'event', 'label', 'secmark']);
const HARMLESS_PAYLOAD: ReadonlySet<unknown> = new Set(['dscp', 'ecn']);

/** Tracing, queueing classes and labels decide over nothing that we model; DSCP only over routes that name a TOS. */
function isHarmless(key: Json): boolean {
  const [tag, value] = tagged(key) ?? [];
  const fields = asObject(value);
  if (tag === 'meta') return HARMLESS_META.has(fields?.['key']);
  if (tag === 'ct') return HARMLESS_CT.has(fields?.['key']);
  return (tag === 'payload' && HARMLESS_PAYLOAD.has(fields?.['field'])) || tag === 'tcp option';
}
