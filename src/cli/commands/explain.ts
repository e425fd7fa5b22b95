/**
 * `nsdiag explain [CODE | WORD...]`: what a code means, the list of all, or those whose pages have the words.
 *
 * @module
 */

import { searchPages } from '../../handbook/search.ts';
import { type ExplainDocument, explainDocument } from '../../report/explain-json.ts';
import { jsonText } from '../../report/print-json.ts';
import { codesText, type Explained, explanationText, hitsText } from '../../report/text/explanation.ts';
import { styleOf } from '../../report/text/style.ts';
import { Failure } from '../../system/failure.ts';
import { type Define, type ErrorDocument, examples } from '../command.ts';
import { everyExplained } from '../explain/explained.ts';
import { nearNames } from '../near.ts';

export const define: Define = (command, perform) => {
  command
    .argument('[code...]', 'a code, as `why` and `analyze` print it, or words to search for; without, all are listed')
    .option('--json', 'print one JSON document (schema nsdiag.explain/1)')
    .addHelpText(
      'after',
      examples([
        ['nsdiag explain', 'every code that nsdiag knows'],
        ['nsdiag explain rp-filter', 'what one of them means'],
        ['nsdiag explain hairpin', 'the codes that have to do with it'],
      ]),
    )
    .action((words: readonly string[], { json = false }: { json?: boolean }) =>
      perform(async (io) => {
        const style = styleOf(io.color.stdout, io.terminal.columns);
        const asked = words.length === 0 ? undefined : words.join(' ');
        const all = everyExplained();
        const answer = asked === undefined ? { codes: all, text: codesText(all, style) } : about(asked, all);
        if (json) io.stdout.write(documentText(explainDocument(asked, answer.codes)));
        else io.page(answer.text);
        return 0;

        function about(asked: string, all: readonly Explained[]): { codes: readonly Explained[]; text: string } {
          const called = all.find(({ code }) => code === asked.toLowerCase());
          if (called !== undefined) return { codes: [called], text: explanationText(called, style) };
          const hits = searchPages(all, words);
          if (hits.length === 0) throw notFound(asked, all);
          const codes = hits.flatMap(({ page }) => all.find(({ code }) => code === page.code) ?? []);
          return { codes, text: hitsText(asked, hits, style) };
        }
      }),
    );
};

export const errorDocument: ErrorDocument = ({ message, hint }): ExplainDocument => ({
  ...explainDocument(undefined, []),
  error: { message, hint: hint ?? null },
});

function documentText(document: ExplainDocument): string {
  return jsonText(document);
}

function notFound(asked: string, all: readonly Explained[]): Failure {
  const codes = all.map(({ code }) => code);
  const near = nearNames(asked, codes);
  return new Failure(
    'not-found',
    `Cannot explain "${asked}": it is no code, and no page has it`,
    near.length > 0 ? `Near: ${near.join(', ')}` : 'List them all with: nsdiag explain',
  );
}
