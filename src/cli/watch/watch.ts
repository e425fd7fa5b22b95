/**
 * `nsdiag watch`: asks once, then stays, looks again whenever something changes, and says the moment the answer becomes
 * another, and what change did it.
 *
 * A look is cheap and sends nothing; only when it shows a change, and now and then, the question is asked again, on the
 * wire as well. Listening puts devices into promiscuous mode, which is a change to the kernel and none to us: what is
 * looked at decides.
 *
 * @module
 */

import type { Diagnosis } from '../../diagnosis/diagnosis.ts';
import { differenceOf } from '../../host/difference/difference.ts';
import { type Origin, originsOf } from '../../host/difference/origins.ts';
import type { Host } from '../../host/host.ts';
import { Failure } from '../../system/failure.ts';
import { ask, type Ground } from '../why/ground.ts';
import type { WhyWords } from '../why/words.ts';
import { Monitors } from './monitors.ts';
import { Wakeups } from './wakeups.ts';

/** What the question came to at one moment. */
export type Outcome =
  | { readonly kind: 'answered'; readonly diagnosis: Diagnosis }
  /** The namespace is gone, for example. */
  | { readonly kind: 'not-asked'; readonly because: string };

/** The answer is another one than before; `origins` are the changes since. */
export interface Turn {
  readonly at: Date;
  readonly event: 'first' | 'broke' | 'healed' | 'changed';
  readonly outcome: Outcome;
  readonly origins: readonly Origin[];
}

export interface WatchRequest {
  readonly words: WhyWords;
  /** How often to ask although nothing has changed. */
  readonly everyMs: number;
}

export interface Listener {
  readonly tell: (turn: Turn) => void;
  /** Nobody listens any more. */
  readonly isGone: () => boolean;
}

/**
 * Watch until it is interrupted, or nobody listens.
 *
 * @returns How it stood last.
 * @throws Failure when it cannot be asked even once: what was meant is not there, or may not be looked at.
 */
export async function watchFor(
  ground: Ground,
  { words, everyMs }: WatchRequest,
  signal: AbortSignal,
  { tell, isGone }: Listener,
): Promise<Outcome> {
  const wakeups = new Wakeups(everyMs, signal);
  const monitors = new Monitors(() => wakeups.wake());
  try {
    monitors.follow();
    let host = await ground.look();
    let outcome: Outcome = { kind: 'answered', diagnosis: await answer(ground, words, host) };
    tell({ at: new Date(), event: 'first', outcome, origins: [] });
    for (let woken = await wakeups.next(); woken !== 'stopped'; woken = await wakeups.next()) {
      if (isGone()) break;
      monitors.follow();
      const now = await ground.look();
      const { changes } = differenceOf(host, now);
      host = now;
      if (changes.length === 0 && woken === 'changed') continue;
      const next = await outcomeOf(() => answer(ground, words, now), signal);
      const event = eventOf(outcome, next);
      outcome = next;
      if (event !== undefined) tell({ at: new Date(), event, outcome, origins: originsOf(changes) });
    }
    return outcome;
  } catch (error) {
    if (signal.aborted) return { kind: 'not-asked', because: 'interrupted before there was an answer' };
    throw error;
  } finally {
    await monitors.stop();
    await ground.leave();
  }
}

/** The host that was just read does for the first look. */
async function answer(ground: Ground, words: WhyWords, host: Host): Promise<Diagnosis> {
  let read: Host | undefined = host;
  const look = async () => {
    const looked = read ?? (await ground.look());
    read = undefined;
    return looked;
  };
  return (await ask({ ...ground, look }, words)).diagnosis;
}

async function outcomeOf(asked: () => Promise<Diagnosis>, signal: AbortSignal): Promise<Outcome> {
  try {
    return { kind: 'answered', diagnosis: await asked() };
  } catch (error) {
    if (signal.aborted || !(error instanceof Failure)) throw error;
    return { kind: 'not-asked', because: error.message };
  }
}

function eventOf(before: Outcome, now: Outcome): Turn['event'] | undefined {
  const [old, fresh] = [stateOf(before), stateOf(now)];
  if (old === fresh) return undefined;
  const [was, is] = [isReachable(before), isReachable(now)];
  if (was === is) return 'changed';
  return is ? 'healed' : 'broke';
}

function isReachable(outcome: Outcome): boolean {
  return outcome.kind === 'answered' && outcome.diagnosis.verdict === 'reachable';
}

/** The verdict and every cause: another cause is another answer. */
function stateOf(outcome: Outcome): string {
  if (outcome.kind === 'not-asked') return outcome.because;
  const { verdict, causes } = outcome.diagnosis;
  return JSON.stringify([verdict, ...causes.map(({ finding: { code, netns, device } }) => [code, netns, device])]);
}
