/**
 * Where a question is asked: what can be looked at there, and who can be heard besides the model.
 *
 * @module
 */

import { devicesInDoubt } from '../../diagnosis/bad-offload.ts';
import { conclude, type Witnesses } from '../../diagnosis/conclude.ts';
import { contrastOf } from '../../diagnosis/contrast.ts';
import type { Diagnosis, Prediction } from '../../diagnosis/diagnosis.ts';
import { nameUnresolved, predictQuery } from '../../diagnosis/name-unresolved.ts';
import { predict } from '../../diagnosis/predict.ts';
import { earlierLossNote, isLossInDoubt, mayPassByItself } from '../../diagnosis/transient.ts';
import type { Host } from '../../host/host.ts';
import type { DeviceRef } from '../../host/link.ts';
import type { Recording } from '../../recording/recording.ts';
import type { Question } from '../../walk/question.ts';
import type { Surroundings } from './destination.ts';
import { missingForFix } from './fix-programs.ts';
import { type Asked, questionOf } from './question.ts';
import { requireOwnSource } from './source.ts';
import { type SysctlFile, withSysctlFiles } from './sysctl-files.ts';
import type { WhyWords } from './words.ts';

/** This machine, or a snapshot of one. */
export interface Ground extends Surroundings {
  readonly look: () => Promise<Host>;
  /** What the last look was made of, as the commands printed it. */
  readonly recorded?: () => Recording | undefined;
  /** The host with what its kernel has learned of the question's path; absent where no kernel can be asked. */
  readonly learn?: (host: Host, question: Question) => Promise<Host>;
  /** The files that set sysctls at boot; absent where they are another machine's. */
  readonly sysctlFiles?: () => readonly SysctlFile[];
  /** The host with what ethtool says of devices that a loss may hang on; absent where nothing can be asked. */
  readonly askOffloads?: (host: Host, devices: readonly DeviceRef[]) => Promise<Host>;
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

/** All that an answer is made of. */
export interface Seen {
  readonly recording: Recording | undefined;
  readonly host: Host;
  readonly asked: Asked;
  readonly prediction: Prediction;
  readonly witnesses: Witnesses;
  readonly sysctlFiles: () => readonly SysctlFile[];
  /** Words of the person who asked, as they may be shown. */
  readonly shown: (text: string) => string;
}

/** An answer, with what it was made from. */
export interface Answer extends Pick<Seen, 'recording' | 'host' | 'shown'> {
  readonly diagnosis: Diagnosis;
}

/**
 * One answer to one question: look, predict, hear the witnesses, conclude. A loss that nothing explains is no answer yet:
 * all is done once more.
 *
 * @param disguise What is concluded from, in the place of what was seen.
 */
export async function ask(ground: Ground, words: WhyWords, disguise: (seen: Seen) => Seen = same): Promise<Answer> {
  const first = await see(ground, words);
  const answer = answerOf(disguise(first));
  const lost = first.witnesses.observation;
  if (ground.settle === undefined || lost === undefined || !isLossInDoubt(answer.diagnosis)) return answer;
  await ground.settle();
  const second = await see(ground, words);
  const note = earlierLossNote(lost, second.witnesses.observation);
  return answerOf(disguise(note === undefined ? second : withNote(second, note)));
}

function withNote(seen: Seen, note: string): Seen {
  return { ...seen, witnesses: { ...seen.witnesses, notes: [note, ...seen.witnesses.notes] } };
}

async function see(ground: Ground, words: WhyWords): Promise<Seen> {
  const { host, asked, prediction } = await settled(ground, words);
  const witnesses = await ground.hear(host, prediction);
  const doubted = witnesses.observation === undefined ? [] : devicesInDoubt(witnesses.observation);
  const known = doubted.length === 0 ? host : await (ground.askOffloads?.(host, doubted) ?? host);
  const recording = ground.recorded?.();
  const sysctlFiles = ground.sysctlFiles ?? (() => []);
  return { recording, host: known, asked, prediction, witnesses, sysctlFiles, shown: same };
}

function same<T>(value: T): T {
  return value;
}

function answerOf({ recording, host, asked, prediction, witnesses, sysctlFiles, shown }: Seen): Answer {
  const concluded = withSysctlFiles(conclude(host, prediction, witnesses), sysctlFiles);
  const contrast = concluded.verdict === 'unreachable' ? contrastOf(host, prediction) : undefined;
  const notes = [...concluded.notes, ...missingForFix(concluded.causes, host.tools.missing)];
  const diagnosis = { ...concluded, contrast, notes };
  return {
    diagnosis:
      asked.kind === 'unresolved'
        ? nameUnresolved(asked.lookup, diagnosis)
        : { ...diagnosis, notes: [...asked.notes, ...diagnosis.notes] },
    host,
    recording,
    shown,
  };
}

/** Only what must not be cut up asks how much the path is known to let pass. */
async function learned(ground: Ground, host: Host, asked: Asked): Promise<Host> {
  if (asked.kind === 'unresolved' || asked.question.dontFragment !== true) return host;
  return ground.learn?.(host, asked.question) ?? host;
}

interface Settled {
  readonly host: Host;
  readonly asked: Asked;
  readonly prediction: Prediction;
}

/** Look and predict; again, when what is predicted may pass by itself. */
async function settled(ground: Ground, words: WhyWords): Promise<Settled> {
  for (let waits = 0; ; waits++) {
    const looked = await ground.look();
    const asked = await questionOf(looked, words, ground);
    const host = await learned(ground, looked, asked);
    const prediction = asked.kind === 'unresolved' ? predictQuery(host, asked.lookup) : predict(host, asked.question);
    requireOwnSource(host, prediction);
    if (ground.settle === undefined || waits === MOST_SETTLING || !mayPassByItself(host, prediction)) {
      return { host, asked, prediction };
    }
    await ground.settle();
  }
}
