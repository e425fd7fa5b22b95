/**
 * Where a question is asked: what can be looked at there, and who can be heard besides the model.
 *
 * @module
 */

import { conclude, type Witnesses } from '../../diagnosis/conclude.ts';
import type { Diagnosis, Prediction } from '../../diagnosis/diagnosis.ts';
import { predict } from '../../diagnosis/predict.ts';
import { mayPassByItself } from '../../diagnosis/transient.ts';
import type { Host } from '../../host/host.ts';
import { questionOf, type Surroundings } from './question.ts';
import type { WhyWords } from './words.ts';

/** This machine, or a snapshot of one. */
export interface Ground extends Surroundings {
  readonly look: () => Promise<Host>;
  readonly hear: (host: Host, prediction: Prediction) => Promise<Witnesses>;
  /** Wait until the kernel may be done with what it is at; `undefined` where nothing changes by itself. */
  readonly settle: (() => Promise<void>) | undefined;
  /**
   * Wait until everything that was started there is gone; to be called whatever happens, and harmless when repeated.
   *
   * @throws Failure when something stays, with the command that takes it back.
   */
  readonly leave: () => Promise<void>;
}

/** linkwatch and duplicate address detection take up to a second each, and `settle` waits half of one. */
const MOST_SETTLING = 3;

/** One answer to one question: look, predict, hear the witnesses, conclude. */
export async function ask(ground: Ground, words: WhyWords): Promise<Diagnosis> {
  const { host, prediction } = await settled(ground, words);
  return conclude(host, prediction, await ground.hear(host, prediction));
}

/** Look and predict; again, when what is predicted may pass by itself. */
async function settled(ground: Ground, words: WhyWords): Promise<{ host: Host; prediction: Prediction }> {
  for (let waits = 0; ; waits++) {
    const host = await ground.look();
    const prediction = predict(host, questionOf(host, words, ground));
    if (ground.settle === undefined || waits === MOST_SETTLING || !mayPassByItself(host, prediction)) {
      return { host, prediction };
    }
    await ground.settle();
  }
}
