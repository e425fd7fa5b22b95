/**
 * `nsdiag matrix [NS...]`: who reaches whom.
 *
 * @module
 */

import { matrixErrorDocument } from '../../report/matrix-json.ts';
import { Failure } from '../../system/failure.ts';
import { type Define, type ErrorDocument, examples } from '../command.ts';
import { matrix } from '../matrix/matrix.ts';
import { listed } from '../option-list.ts';
import { onMachine } from '../why/on-machine.ts';
import { onSnapshot } from '../why/on-snapshot.ts';
import { parseWords } from '../why/words.ts';

interface MatrixOptions {
  readonly proto?: string;
  readonly port?: string;
  readonly size?: string;
  readonly probe?: boolean;
  readonly snapshot?: readonly string[];
  readonly json?: boolean;
}

export const errorDocument: ErrorDocument = ({ message, hint }) => matrixErrorDocument(message, hint);

export const define: Define = (command, perform) => {
  command
    .argument('[netns...]', 'the namespaces that ask each other; without, all that have an address')
    .option('--proto <proto>', 'icmp, tcp or udp (icmp; with --port tcp)')
    .option('--port <number>', 'the destination port of tcp and udp')
    .option('--size <bytes>', 'how much it carries, as ping -s counts (56); then in one piece (DF)')
    .option('--probe', 'ask the wire too: one ping or connection for each pair, a few at a time')
    .option('--snapshot <file>', 'ask a snapshot, not this machine; again for more of that machine', listed)
    .option('--json', 'print one JSON document (schema nsdiag.matrix/1)')
    .addHelpText(
      'after',
      examples([
        ['sudo nsdiag matrix', 'by the model: nothing is sent'],
        ['sudo nsdiag matrix web db --port 5432', 'may these two connect to each other?'],
        ['sudo nsdiag matrix --probe', 'by the wire as well'],
        ['nsdiag matrix --snapshot FILE', 'on any machine, without root'],
      ]),
    )
    .addHelpText('after', '\nExit: 0 all reach each other, 1 some do not, 2 could not look, 3 cannot tell.')
    .action((names: readonly string[], options: MatrixOptions) =>
      perform(async (io) => {
        const { probe = false, snapshot, json = false } = options;
        if (probe && snapshot !== undefined) {
          throw new Failure('usage', 'Cannot probe a snapshot: it is a file', 'Leave out --probe, or --snapshot');
        }
        const { proto, port, payloadBytes, dontFragment } = parseWords('', '', options);
        const asking = { proto, port, payloadBytes, ...(dontFragment && { dontFragment }) };
        const ground =
          snapshot === undefined
            ? await onMachine({ probe, trace: false }, io.signal, undefined)
            : await onSnapshot(snapshot);
        return matrix(io, ground, { names, asking, probe, json });
      }),
    );
};
