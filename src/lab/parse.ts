/**
 * The text of a lab file to a lab, or to every problem that it has, each with its line and its key.
 *
 * @module
 */

import { referenceProblems } from './references.ts';
import { type Lab, labSchema } from './schema.ts';
import { parseYamlFile } from './yaml-file.ts';

/** A lab, or one line of text for each problem. */
export type ParsedLab =
  | { readonly ok: true; readonly lab: Lab }
  | { readonly ok: false; readonly problems: readonly string[] };

/**
 * Parse a lab file. Never throws, whatever the text holds.
 *
 * @param text The whole file.
 * @param name How problems call it: `my.yaml:12: bridges[0].prots: unknown key, did you mean ports?`
 */
export function parseLab(text: string, name: string): ParsedLab {
  const parsed = parseYamlFile(text, name, labSchema, referenceProblems);
  return parsed.ok ? { ok: true, lab: parsed.value } : parsed;
}
