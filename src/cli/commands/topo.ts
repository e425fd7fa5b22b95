/**
 * `nsdiag topo [NS...]`: what is wired to what, and what is odd about it.
 *
 * @module
 */

import { collect } from '../../collect/collect.ts';
import { topoErrorDocument } from '../../report/topo-json.ts';
import { type Define, type ErrorDocument, examples } from '../command.ts';
import { Progress } from '../progress.ts';
import { FORMATS, formatOf } from '../topo/format.ts';
import { type TopoRequest, topo } from '../topo/topo.ts';
import { VERSION } from '../version.ts';
import { readSnapshots } from '../why/snapshot-file.ts';

interface TopoOptions {
  readonly format?: string;
  readonly json?: boolean;
  readonly output?: string;
  readonly snapshot?: readonly string[];
  readonly diff?: string;
  readonly fold: boolean;
}

export const define: Define = (command, perform) => {
  command
    .argument('[netns...]', 'show these namespaces alone; without, all of them')
    .option('--format <format>', `${FORMATS.join(', ')} (tree, or as FILE ends)`)
    .option('-o, --output <file>', 'write it there, whole or not at all; without, it goes to stdout')
    .option('--snapshot <file>', 'show a snapshot, not this machine; again for more of that machine', listed)
    .option('--diff <file>', 'mark what has changed since this snapshot, and say it in words')
    .option('--no-fold', 'show all, also namespaces and ports that are alike')
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
      '\nIt shows and judges nothing.\nExit: 0 shown, whatever is odd or has changed; 2 could not look.',
    )
    .action((names: readonly string[], options: TopoOptions) =>
      perform(async (io) => {
        const { json = false, snapshot, diff, output } = options;
        const look: TopoRequest['look'] = async () => {
          if (snapshot !== undefined) return { recording: await readSnapshots(snapshot), isSnapshot: true };
          const progress = new Progress(io);
          progress.tell('Reading every namespace');
          const reading = collect({ version: VERSION, signal: io.signal });
          return { recording: await reading.finally(() => progress.done()), isSnapshot: false };
        };
        await topo(io, {
          names,
          format: formatOf({ format: options.format, json, output }),
          fold: options.fold,
          output,
          older: diff === undefined ? [] : [diff],
          look,
          words: commandWords(names, options),
        });
        return 0;
      }),
    );
};

export const errorDocument: ErrorDocument = ({ message, hint }) => topoErrorDocument(message, hint);

function listed(file: string, before: readonly string[] = []): readonly string[] {
  return [...before, file];
}

/** What was asked, as one would type it. */
function commandWords(
  names: readonly string[],
  { format, output, snapshot = [], diff }: TopoOptions,
): readonly string[] {
  return [
    'topo',
    ...(format === undefined ? [] : ['--format', format]),
    ...(output === undefined ? [] : ['-o', output]),
    ...snapshot.flatMap((file) => ['--snapshot', file]),
    ...(diff === undefined ? [] : ['--diff', diff]),
    ...(names.length === 0 ? [] : ['--', ...names]),
  ];
}
