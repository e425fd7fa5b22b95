/**
 * The matrix with what the wire said: the verdict of a pair is the wire's, and where it contradicts the model the causes
 * are those of a whole diagnosis.
 *
 * @module
 */

import type { Diagnosis } from '../diagnosis.ts';
import { reasonsOf } from './make-matrix.ts';
import type { Cell, Matrix, Pair } from './matrix.ts';
import { ReasonBook } from './reasons.ts';

/** What was heard of one pair. */
export interface HeardPair {
  readonly sent: number;
  readonly received: number;
  /** Where the wire and the model do not agree; absent where they do. */
  readonly diagnosis?: Diagnosis;
}

/** @param heard By pair; those that could not be asked are absent, and keep what the model says. */
export function withWire(matrix: Matrix, heard: ReadonlyMap<Pair, HeardPair>, notes: readonly string[]): Matrix {
  const book = new ReasonBook(matrix.reasons);
  const cells = matrix.cells.map((cell): Cell => {
    const said = heard.get(cell);
    const model = { ...cell, reasons: cell.reasons.map((reason) => book.entered(reason)) };
    if (said === undefined) return model;
    const { sent, received, diagnosis } = said;
    const wire = { sent, received };
    if (diagnosis === undefined) return { ...model, wire };
    const { verdict, causes } = diagnosis;
    const reasons = book.of(causes, cell);
    return { ...cell, verdict, reasons, knownBy: reasons.length === 0 ? undefined : 'diagnosed', wire };
  });
  return { ...matrix, cells, reasons: reasonsOf(cells), notes: [...new Set([...matrix.notes, ...notes])] };
}

/** The pairs of which the wire said otherwise than the model, for a note. */
export function disputed(matrix: Matrix, heard: ReadonlyMap<Pair, HeardPair>): readonly string[] {
  return matrix.cells.flatMap((cell) => {
    const now = heard.get(cell)?.diagnosis?.verdict;
    if (now === undefined || now === cell.verdict) return [];
    return [`${cell.from} > ${cell.to}: the model expected ${cell.verdict}, the wire says ${now}`];
  });
}
