/**
 * What the model says of packets that were lost: the way that they should have gone, and why they died. Asked once for
 * packets of one kind, and for no more than `MOST_ASKED` kinds: a question takes some 10 ms.
 *
 * @module
 */

import { predict } from '../../diagnosis/predict.ts';
import { applyEdit } from '../../host/apply.ts';
import type { Host } from '../../host/host.ts';
import { type Answer, answerTo } from '../../inquest/inquest.ts';
import { questionOf } from '../../inquest/question-of.ts';
import type { Step } from '../../journey/step.ts';
import type { Traffic } from '../../postmortem/traffic.ts';
import type { Question } from '../../walk/question.ts';
import { walkRoundTrip } from '../../walk/round-trip.ts';

const MOST_ASKED = 64;

export class Ways {
  readonly #host: Host;
  readonly #near: ReadonlySet<string>;
  readonly #steps = new Map<string, readonly Step[]>();
  readonly #answers = new Map<string, Answer>();

  /** @param near Namespaces that are listened in: of several owners of an address, one of them is meant. */
  constructor(host: Host, near: ReadonlySet<string>) {
    this.#host = host;
    this.#near = near;
  }

  /** The way there and back, once what stands in it is repaired; empty where the model cannot be asked. */
  stepsOf(traffic: Traffic): readonly Step[] {
    const key = JSON.stringify(traffic);
    const known = this.#steps.get(key);
    if (known !== undefined || this.#steps.size >= MOST_ASKED) return known ?? [];
    const asked = questionOf(this.#host, traffic, this.#near);
    const steps = asked.kind === 'question' ? repairedWay(this.#host, asked.question) : [];
    this.#steps.set(key, steps);
    return steps;
  }

  /** Why such packets die. */
  why(traffic: Traffic): Answer | undefined {
    const key = JSON.stringify(traffic);
    const known = this.#answers.get(key);
    if (known !== undefined || this.#answers.size >= MOST_ASKED) return known;
    const answer = answerTo(this.#host, traffic, this.#near);
    this.#answers.set(key, answer);
    return answer;
  }
}

function repairedWay(host: Host, question: Question): readonly Step[] {
  const { walked } = predict(host, question);
  const { request, reply } = walkRoundTrip(walked.flatMap(({ edits }) => edits).reduce(applyEdit, host), question);
  return [...request.steps, ...(reply?.steps ?? [])];
}
