/**
 * Every pair of a matrix asked on the wire, a few at a time: a ping or a connection each, and no more than that where the
 * model foretold what came. Where it did not, the pair is asked once more while tcpdump listens on the way, as `why` does.
 *
 * @module
 */

import { conclude } from '../../diagnosis/conclude.ts';
import type { Matrix, Pair } from '../../diagnosis/matrix/matrix.ts';
import { disputed, type HeardPair, withWire } from '../../diagnosis/matrix/with-wire.ts';
import { predict } from '../../diagnosis/predict.ts';
import type { Host } from '../../host/host.ts';
import type { Observation } from '../../journey/observation.ts';
import { probe } from '../../probe/probe.ts';
import { CleanupStack } from '../../system/cleanup.ts';
import type { Question } from '../../walk/question.ts';
import type { Ground } from '../why/ground.ts';

/** A probe that is lost waits for a second, and is one process: so many wait side by side. */
const AT_A_TIME = 4;
/** Each starts a tcpdump in every namespace on its way. */
const MOST_ASKED_AGAIN = 16;

interface Probing {
  readonly host: Host;
  readonly ground: Ground;
  readonly signal: AbortSignal;
  /** Told how many of how many have been asked. */
  readonly onAsked: (asked: number, of: number) => void;
}

/** The matrix, with the wire's verdicts. Throws only when it is aborted, with the reason. */
export async function probePairs(matrix: Matrix, probing: Probing): Promise<Matrix> {
  const heard = new Map<Pair, HeardPair>();
  const notes = new Set<string>();
  const unexpected: { readonly pair: Pair; readonly question: Question }[] = [];
  const askable = matrix.cells.flatMap((cell) =>
    cell.question === undefined ? [] : [{ cell, question: cell.question }],
  );
  let asked = 0;
  await eachOf(askable, AT_A_TIME, async ({ cell, question }) => {
    const observation = await askOnce(question, probing);
    probing.onAsked(++asked, askable.length);
    for (const note of observation.notes) notes.add(note);
    if (observation.sent === 0) return;
    heard.set(cell, { sent: observation.sent, received: observation.received });
    if (verdictOf(question, observation, probing.host) !== cell.verdict) unexpected.push({ pair: cell, question });
  });
  for (const { pair, question } of unexpected.slice(0, MOST_ASKED_AGAIN)) {
    heard.set(pair, await askWhy(question, probing));
  }
  const left = unexpected.length - MOST_ASKED_AGAIN;
  if (left > 0)
    notes.add(`${left} more pairs fared otherwise than the model expected; they are shown as the model has them`);
  return withWire(matrix, heard, [...disputed(matrix, heard), ...notes]);
}

/** Without tcpdump, but for UDP: that a datagram arrived is seen where it arrives. */
async function askOnce(question: Question, { host, signal }: Probing): Promise<Observation> {
  const stack = new CleanupStack();
  const target = host.namespaces.find(({ name }) => name === question.name)?.name;
  const watch = question.proto === 'udp' && target !== undefined ? [target] : [];
  try {
    return await probe({ host, question, watch, stack, signal });
  } finally {
    await stack.close();
  }
}

function verdictOf(question: Question, observation: Observation, host: Host) {
  if (observation.received > 0) return 'reachable';
  if (question.proto !== 'udp') return 'unreachable';
  return conclude(host, predict(host, question), { observation, routes: [], notes: [] }).verdict;
}

async function askWhy(question: Question, { host, ground }: Probing): Promise<HeardPair> {
  const prediction = predict(host, question);
  const witnesses = await ground.hear(host, prediction);
  const { sent = 0, received = 0 } = witnesses.observation ?? {};
  return { sent, received, diagnosis: conclude(host, prediction, witnesses) };
}

async function eachOf<T>(entries: readonly T[], atATime: number, work: (entry: T) => Promise<void>): Promise<void> {
  const queue = entries.values();
  const worker = async () => {
    for (const entry of queue) await work(entry);
  };
  await Promise.all(Array.from({ length: atATime }, worker));
}
