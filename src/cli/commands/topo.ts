/**
 * `nsdiag topo [NS...]`: what is wired to what, and what is odd about it.
 *
 * @module
 */

import { collect } from '../../collect/collect.ts';
import { topoErrorDocument } from '../../report/topo-json.ts';
import { type Define, type ErrorDocument, examples } from '../command.ts';
import type { CommandIo } from '../io.ts';
import { listed } from '../option-list.ts';
import { Progress } from '../progress.ts';
import { FORMATS, formatOf } from '../topo/format.ts';
import { topo } from '../topo/topo.ts';
import type { Look } from '../topo/view.ts';
import { VERSION } from '../version.ts';
import { readSnapshots } from '../why/snapshot-file.ts';

interface TopoOptions {
  readonly format?: string;
  readonly json?: boolean;
  readonly output?: string;
  readonly snapshot?: readonly string[];
  readonly diff?: string;
  readonly fold: boolean;
  readonly redact?: boolean;
  readonly redactKey?: string;
}

export const define: Define = (command, perform) => {
  command
    .argument('[netns...]', 'show these namespaces alone; without, all of them')
    .option('--format <format>', `${FORMATS.join(', ')} (tree, or as FILE ends)`)
    .option('-o, --output <file>', 'write it there, whole or not at all; without, it goes to stdout')
    .option('--snapshot <file>', 'show a snapshot, not this machine; again for more of that machine', listed)
    .option('--diff <file>', 'mark what has changed since this snapshot, and say it in words')
    .option('--no-fold', 'show all, also namespaces and ports that are alike')
    .option('--redact', 'show it all in other addresses, MACs and names, to be shown to strangers')
    .option('--redact-key <word>', 'the same; with the same word, the same replacements as another time')
    .option('--json', 'print one JSON document (schema nsdiag.topo/1)')
    .addHelpText(
      'after',
      examples([
        ['sudo nsdiag topo', 'a tree of all namespaces'],
        ['sudo nsdiag topo -o net.html', 'a picture to zoom and search in'],
        ['sudo nsdiag topo --diff yesterday.json', 'what is not as it was'],
        ['nsdiag topo --snapshot net.json --format dot', 'for Graphviz, from a snapshot'],
      ]),
    )
    .addHelpText(
      'after',
      '\nIt shows, and does not judge.\nExit: 0 shown, whatever is odd or has changed; 2 could not look.',
    )
    .action((names: readonly string[], options: TopoOptions) =>
      perform(async (io) => {
        const { format, json = false, output, fold, redact, redactKey } = options;
        await topo(io, {
          names,
          format: formatOf({ format, json, output }),
          fold,
          output,
          redact: redact === true || redactKey !== undefined ? { key: redactKey } : undefined,
          look: () => look(io, options),
          words: commandWords(names, options),
        });
        return 0;
      }),
    );
};

export const errorDocument: ErrorDocument = ({ message, hint }) => topoErrorDocument(message, hint);

/** The older snapshot first: who has mistyped its name need not wait for the machine to be read. */
async function look(io: CommandIo, { snapshot, diff }: TopoOptions): Promise<Look> {
  const older = diff === undefined ? undefined : await readSnapshots([diff]);
  if (snapshot !== undefined) return { recording: await readSnapshots(snapshot), isSnapshot: true, older };
  const progress = new Progress(io);
  progress.tell('Reading every namespace');
  const reading = collect({ version: VERSION, signal: io.signal });
  return { recording: await reading.finally(() => progress.done()), isSnapshot: false, older };
}

/** What was asked, as one would type it; to strangers, without the names of files. */
function commandWords(names: readonly string[], options: TopoOptions): readonly string[] {
  const { format, output, snapshot = [], diff, redact, redactKey } = options;
  const isSecret = redact === true || redactKey !== undefined;
  const file = (name: string) => (isSecret ? 'FILE' : name);
  return [
    'topo',
    ...(format === undefined ? [] : ['--format', format]),
    ...(output === undefined ? [] : ['-o', file(output)]),
    ...snapshot.flatMap((each) => ['--snapshot', file(each)]),
    ...(diff === undefined ? [] : ['--diff', file(diff)]),
    ...(isSecret ? ['--redact'] : []),
    ...(names.length === 0 ? [] : ['--', ...names]),
  ];
}
