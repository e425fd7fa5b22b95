/**
 * `nsdiag matrix`: every pair asked, and what breaks those that fail.
 *
 * @module
 */

import type { Asking } from '../../diagnosis/matrix/ask-pairs.ts';
import { makeMatrix } from '../../diagnosis/matrix/make-matrix.ts';
import { type Matrix, verdictOfMatrix } from '../../diagnosis/matrix/matrix.ts';
import { type Members, membersOf } from '../../diagnosis/matrix/members.ts';
import { findNetns, type Host } from '../../host/host.ts';
import { matrixDocument } from '../../report/matrix-json.ts';
import { jsonText } from '../../report/print-json.ts';
import { matrixText } from '../../report/text/matrix.ts';
import { styleOf } from '../../report/text/style.ts';
import { Failure } from '../../system/failure.ts';
import type { CommandIo, ExitCode } from '../io.ts';
import { Progress } from '../progress.ts';
import type { Ground } from '../why/ground.ts';
import { requiredNetns } from '../why/question.ts';
import { EXIT_CODE } from '../why/why.ts';
import { probePairs } from './probe-pairs.ts';

export interface MatrixRequest {
  /** None: all that can be asked. */
  readonly names: readonly string[];
  readonly asking: Asking;
  readonly probe: boolean;
  readonly json: boolean;
}

/** Progress is told so often. */
const PAIRS_BETWEEN = 100;

/** Ask, and write the table. */
export async function matrix(io: CommandIo, ground: Ground, request: MatrixRequest): Promise<ExitCode> {
  const progress = new Progress(io);
  let made: Matrix;
  try {
    progress.tell('Reading every namespace');
    const host = await ground.look();
    made = makeMatrix(host, membersFor(host, request.names, ground), request.asking, (walked, of) => {
      if (walked % PAIRS_BETWEEN === 0) progress.tell(`Walked ${walked} of ${of} pairs`);
    });
    if (request.probe) {
      made = await probePairs(made, {
        host,
        ground,
        signal: io.signal,
        onAsked: (asked, of) => progress.tell(`Asked ${asked} of ${of} pairs on the wire`),
      });
    }
  } finally {
    progress.done();
    await ground.leave();
  }
  if (request.json) io.stdout.write(jsonText(matrixDocument(made)));
  else io.page(matrixText(made, styleOf(io.color.stdout, io.terminal.columns), io.terminal.columns));
  return EXIT_CODE[verdictOfMatrix(made)];
}

function membersFor(host: Host, names: readonly string[], ground: Ground): Members {
  const asked =
    names.length === 0
      ? membersOf(host)
      : { members: [...new Set(names.map((name) => requiredNetns(host, name, ground).name))], leftOut: [] };
  requireSomeRead(host, asked);
  if (asked.members.length >= 2) return asked;
  const [only] = asked.members;
  const found = only === undefined ? 'there is no namespace that can be asked' : `there is only ${only}`;
  const left = asked.leftOut.map(({ netns, why }) => `${netns}: ${why}`);
  throw new Failure(
    'usage',
    `Cannot ask who reaches whom: ${found}`,
    left.length === 0 ? 'It takes two namespaces' : `Left out are ${left.join('; ')}`,
  );
}

/** @throws Failure when none of them could be read: then nothing was looked at. */
function requireSomeRead(host: Host, { members }: Members): void {
  const facts = members.map((name) => findNetns(host, name)?.links);
  const [first] = facts;
  if (first === undefined || first.known || facts.some((links) => links?.known === true)) return;
  throw new Failure('no-permission', `Cannot ask who reaches whom: ${first.why}`, 'Run nsdiag as root (sudo)');
}
