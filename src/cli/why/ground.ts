/**
 * Where a question is asked: what can be looked at there, and who can be heard besides the model.
 *
 * @module
 */

import { conclude, type Witnesses } from '../../diagnosis/conclude.ts';
import type { Diagnosis, Prediction } from '../../diagnosis/diagnosis.ts';
import { predict } from '../../diagnosis/predict.ts';
import type { Host } from '../../host/host.ts';
import { questionOf, type Surroundings } from './question.ts';
import type { WhyWords } from './words.ts';

/** This machine, or a snapshot of one. */
export interface Ground extends Surroundings {
  readonly look: () => Promise<Host>;
  readonly hear: (host: Host, prediction: Prediction) => Promise<Witnesses>;
}

/** One answer to one question: look, predict, hear the witnesses, conclude. */
export async function ask(ground: Ground, words: WhyWords): Promise<Diagnosis> {
  const host = await ground.look();
  const prediction = predict(host, questionOf(host, words, ground));
  return conclude(host, prediction, await ground.hear(host, prediction));
}
