/**
 * What sends the probe's packets from inside the namespace: ping, or a socket.
 *
 * @module
 */

import type { Netns } from '../host/host.ts';
import type { ProbeError } from '../journey/observation.ts';
import type { Port } from '../net/port.ts';
import type { ChildOptions } from '../system/child.ts';
import type { Argv } from '../system/run.ts';
import type { Question } from '../walk/question.ts';
import type { Identity } from './identity.ts';

/** How much is sent, and how long is waited. */
export interface Effort {
  /** How many packets at most; the first that is answered is the last. */
  readonly attempts: number;
  readonly intervalMs: number;
  /** From the first packet to the end of waiting, whatever the number of attempts. */
  readonly patienceMs: number;
}

export interface SenderRequest extends ChildOptions {
  readonly netns: Netns;
  readonly question: Question;
  readonly effort: Effort;
  /** What runs the sending program, inside the namespace; itself, unless said otherwise. */
  readonly enter?: (argv: Argv) => Argv;
  /** TCP and UDP: the port to send from; otherwise it is drawn. */
  readonly sourcePort?: Port | undefined;
}

/** What became of it, as the sender itself can tell. */
export interface Sent {
  /** Attempts, those included that the sender's own kernel refused before there was a packet. */
  readonly sent: number;
  readonly received: number;
  readonly refused: boolean;
  readonly errors: readonly ProbeError[];
  /** Why it could not be sent as asked. */
  readonly notes: readonly string[];
}

/** Something ready to send. */
export interface Sender {
  /** As a person would type it. */
  readonly command: readonly string[];
  /** What marks its packets, as far as that is known by now. */
  readonly identity: () => Identity;
  /** Send, and wait for an answer, an error, the end of patience, or `enough`. */
  readonly send: (enough: AbortSignal) => Promise<Sent>;
}

/** Wait for the end of patience, for one of the signals, or for what the sender itself waits for. */
export async function patience(
  patienceMs: number,
  done: Promise<unknown>,
  ...signals: readonly AbortSignal[]
): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const waited = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, patienceMs);
    for (const signal of signals) {
      if (signal.aborted) resolve();
      else signal.addEventListener('abort', () => resolve(), { once: true });
    }
  });
  await Promise.race([waited, done]);
  clearTimeout(timer);
}
