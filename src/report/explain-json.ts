/**
 * `nsdiag explain --json`, schema `nsdiag.explain/1`: the pages as they are, for programs that show them elsewhere.
 *
 * Keys are only ever added within a version. `null` is what does not apply; nothing is left out.
 *
 * @module
 */

import type { Explained } from './text/explanation.ts';

export interface ExplainDocument {
  readonly schema: 'nsdiag.explain/1';
  /** What was asked for; `null` when all were. */
  readonly asked: string | null;
  /** One for a code, the best first for a search, all of them in the order of the list without either. */
  readonly codes: readonly CodeDocument[];
  readonly error?: { readonly message: string; readonly hint: string | null };
}

interface CodeDocument {
  readonly code: string;
  readonly title: string;
  readonly group: string;
  readonly what: string;
  readonly linux: readonly string[];
  readonly source: string | null;
  readonly capture: string | null;
  readonly look: readonly { readonly run: string; readonly shows: string }[];
  readonly fix: readonly { readonly run: string | null; readonly does: string }[];
  readonly confused: readonly { readonly code: string; readonly tell: string }[];
  readonly explains: readonly string[];
  readonly labs: readonly { readonly lab: string; readonly fault: string; readonly ask: string }[];
}

export function explainDocument(asked: string | undefined, codes: readonly Explained[]): ExplainDocument {
  return { schema: 'nsdiag.explain/1', asked: asked ?? null, codes: codes.map(codeDocument) };
}

function codeDocument(explained: Explained): CodeDocument {
  const { code, title, group, what, linux, source, capture, look, fix, confused, explains, labs } = explained;
  return {
    code,
    title,
    group,
    what,
    linux,
    source: source ?? null,
    capture: capture ?? null,
    look,
    fix: fix.map(({ run, does }) => ({ run: run ?? null, does })),
    confused,
    explains,
    labs: labs.map(({ lab, fault, ask }) => ({ lab, fault, ask })),
  };
}
