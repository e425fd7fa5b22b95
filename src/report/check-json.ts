/**
 * Expectations as the document of `nsdiag check --json`, schema `nsdiag.check/1` (schemas/check-1.schema.json).
 *
 * @module
 */

import { becauseOf, type CheckRun, checkSummary, tallyOf } from './check.ts';
import { type WhyDocument, whyDocument } from './json.ts';

export interface CheckDocument {
  readonly schema: 'nsdiag.check/1';
  readonly file: string | null;
  readonly summary: string;
  readonly counts: {
    readonly holds: number;
    readonly fails: number;
    readonly undecided: number;
    readonly notAsked: number;
  };
  readonly expectations: readonly {
    readonly name: string;
    readonly line: number;
    readonly result: 'holds' | 'fails' | 'undecided' | 'not-asked';
    readonly because: string | null;
    /** The whole answer, as `why --json` has it; null when it could not be asked. */
    readonly answer: WhyDocument | null;
  }[];
  readonly notes: readonly string[];
}

export function checkDocument(run: CheckRun): CheckDocument {
  return {
    schema: 'nsdiag.check/1',
    file: run.file,
    summary: checkSummary(run),
    counts: tallyOf(run.results),
    expectations: run.results.map((result) => ({
      name: result.name,
      line: result.line,
      result: result.held.kind,
      because: becauseOf(result) ?? null,
      answer: result.diagnosis === undefined ? null : whyDocument(result.diagnosis),
    })),
    notes: [],
  };
}

/** The document when nothing could be asked at all. */
export function checkErrorDocument(message: string, hint: string | undefined): CheckDocument {
  return {
    schema: 'nsdiag.check/1',
    file: null,
    summary: message,
    counts: { holds: 0, fails: 0, undecided: 0, notAsked: 0 },
    expectations: [],
    notes: hint === undefined ? [] : [hint],
  };
}
