/**
 * A matrix as the document of `nsdiag matrix --json`, schema `nsdiag.matrix/1` (schemas/matrix-1.schema.json).
 *
 * @module
 */

import type { Verdict } from '../diagnosis/diagnosis.ts';
import { unseenText } from '../diagnosis/looked.ts';
import { type Cell, type KnownBy, type Matrix, type Reason, verdictOfMatrix } from '../diagnosis/matrix/matrix.ts';
import { type FixDocument, fixDocument } from './json.ts';
import { matrixSummary } from './text/matrix.ts';

interface CellDocument {
  readonly from: string;
  readonly to: string;
  readonly destination: string | null;
  readonly verdict: Verdict;
  /** Numbers of causes, in the order of the path. */
  readonly causes: readonly number[];
  readonly knownBy: KnownBy | null;
  readonly wire: { readonly sent: number; readonly received: number } | null;
}

interface ReasonDocument {
  readonly code: string | null;
  readonly title: string;
  readonly netns: string;
  readonly device: string | null;
  readonly leg: string | null;
  readonly what: string;
  readonly why: string | null;
  readonly fix: readonly FixDocument[];
  /** The pair that was diagnosed. */
  readonly of: { readonly from: string; readonly to: string };
  /** So many pairs die of it first. */
  readonly breaks: number;
}

export interface MatrixDocument {
  readonly schema: 'nsdiag.matrix/1';
  readonly question: { readonly proto: string; readonly port: number | null };
  readonly verdict: Verdict;
  readonly summary: string;
  readonly namespaces: readonly string[];
  readonly leftOut: readonly { readonly netns: string; readonly why: string }[];
  readonly cells: readonly CellDocument[];
  readonly causes: readonly ReasonDocument[];
  readonly unseen: string | null;
  readonly notes: readonly string[];
}

/** The document that says what the matrix says. */
export function matrixDocument(matrix: Matrix): MatrixDocument {
  const numbers = new Map(matrix.reasons.map((reason, index) => [reason, index]));
  return {
    schema: 'nsdiag.matrix/1',
    question: { proto: matrix.proto, port: matrix.port ?? null },
    verdict: verdictOfMatrix(matrix),
    summary: matrixSummary(matrix),
    namespaces: matrix.members,
    leftOut: matrix.leftOut,
    cells: matrix.cells.map((cell) => cellDocument(cell, numbers)),
    causes: matrix.reasons.map((reason) => reasonDocument(reason, matrix)),
    unseen: unseenText(matrix.looked),
    notes: matrix.notes,
  };
}

/** The document when there is no matrix. */
export function matrixErrorDocument(message: string, hint: string | undefined): MatrixDocument {
  return {
    schema: 'nsdiag.matrix/1',
    question: { proto: 'icmp', port: null },
    verdict: 'undecided',
    summary: message,
    namespaces: [],
    leftOut: [],
    cells: [],
    causes: [],
    unseen: null,
    notes: hint === undefined ? [] : [hint],
  };
}

function cellDocument(cell: Cell, numbers: ReadonlyMap<Reason, number>): CellDocument {
  const { from, to, question, verdict, reasons, knownBy, wire } = cell;
  return {
    from,
    to,
    destination: question?.destination ?? null,
    verdict,
    causes: reasons.flatMap((reason) => numbers.get(reason) ?? []),
    knownBy: knownBy ?? null,
    wire: wire ?? null,
  };
}

function reasonDocument(reason: Reason, { cells }: Matrix): ReasonDocument {
  const { code, title, netns, device, leg, what, why, fix, of } = reason;
  return {
    code: code ?? null,
    title,
    netns,
    device: device ?? null,
    leg: leg ?? null,
    what,
    why: why ?? null,
    fix: fix.map(fixDocument),
    of: { from: of.from, to: of.to },
    breaks: cells.filter(({ reasons }) => reasons[0] === reason).length,
  };
}
