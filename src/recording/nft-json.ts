/**
 * JSON as nft prints it, walked without trusting its shape.
 *
 * Source: libnftables-json(5).
 *
 * @module
 */

/** Any JSON value. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

/** A JSON object. */
export interface JsonObject {
  readonly [key: string]: Json;
}

/** Parse a document; `undefined` when it is no JSON. */
export function parseJson(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

/** The value when it is an object. */
export function asObject(value: Json | undefined): JsonObject | undefined {
  return typeof value === 'object' && value !== null && !isList(value) ? value : undefined;
}

/** The value when it is a list. */
export function asList(value: Json | undefined): readonly Json[] | undefined {
  return isList(value) ? value : undefined;
}

/** The value when it is a string. */
export function asString(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** The value when it is a whole number, written as one or as decimal or hexadecimal text. */
export function asInteger(value: Json | undefined): number | undefined {
  if (typeof value === 'number') return Number.isInteger(value) ? value : undefined;
  return typeof value === 'string' && /^(\d+|0x[0-9a-f]+)$/i.test(value) ? Number(value) : undefined;
}

/** What a list holds, and a value that is none as a list of one: nft writes a list of one flag without brackets. */
export function listed(value: Json): readonly Json[] {
  return isList(value) ? value : [value];
}

/** `{"match": {...}}`: the one key and its value. Expressions and statements are all written so. */
export function tagged(value: Json | undefined): readonly [tag: string, value: Json] | undefined {
  const entries = Object.entries(asObject(value) ?? {});
  return entries.length === 1 ? entries[0] : undefined;
}

/** The value under a tag, when it is that tag. */
export function untag(value: Json | undefined, tag: string): Json | undefined {
  return asObject(value)?.[tag];
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}
