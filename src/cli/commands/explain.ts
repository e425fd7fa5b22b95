/**
 * `nsdiag explain CODE`: what a fault code means.
 *
 * @module
 */

import { ALL_RULES } from '../../faults/all.ts';
import { codesText, type Explained, explanationText } from '../../report/text/explanation.ts';
import { styleOf } from '../../report/text/style.ts';
import { Failure } from '../../system/failure.ts';
import { type Define, examples } from '../command.ts';
import { nearNames } from '../near.ts';

/** The one code that no rule finds: it is what is left when none does. */
const UNEXPLAINED_LOSS: Explained = {
  code: 'unexplained-loss',
  title: 'The wire shows a loss that the model cannot explain',
  source: 'src/diagnosis/unexplained-loss.ts: it says where, and what nsdiag does not model there',
  explains: [],
};

/** It is found by the wire and the kernel: what breaks a checksum is no part of the model. */
const BAD_OFFLOAD: Explained = {
  code: 'bad-offload',
  title: 'A checksum is left to an offload that nobody does',
  source: 'net/core/dev.c: validate_xmit_skb(); net/ipv4/tcp_ipv4.c: tcp_v4_rcv(); ethtool(8)',
  explains: [],
};

/** It is found before there is a packet, and so by no rule about journeys either. */
const NAME_UNRESOLVED: Explained = {
  code: 'name-unresolved',
  title: 'The name has no address in this namespace',
  source: 'getent(1), ip-netns(8); the way to the name server is diagnosed behind it',
  explains: [],
};

export const define: Define = (command, perform) => {
  command
    .argument('[code]', 'a fault code, as `why` prints it; without one, all are listed')
    .addHelpText(
      'after',
      examples([
        ['nsdiag explain', 'every code that nsdiag knows'],
        ['nsdiag explain rp-filter', 'what one of them means'],
      ]),
    )
    .action((code: string | undefined) =>
      perform(async (io) => {
        const style = styleOf(io.color.stdout, io.terminal.columns);
        const all: readonly Explained[] = [...ALL_RULES, BAD_OFFLOAD, NAME_UNRESOLVED, UNEXPLAINED_LOSS];
        io.stdout.write(code === undefined ? codesText(all, style) : explanationText(called(code, all), style));
        return 0;
      }),
    );
};

function called(code: string, all: readonly Explained[]): Explained {
  const found = all.find((each) => each.code === code);
  if (found !== undefined) return found;
  const near = nearNames(
    code,
    all.map((each) => each.code),
  );
  throw new Failure(
    'not-found',
    `Cannot explain "${code}": nsdiag has no such fault code`,
    near.length > 0 ? `Near: ${near.join(', ')}` : 'List them all with: nsdiag explain',
  );
}
