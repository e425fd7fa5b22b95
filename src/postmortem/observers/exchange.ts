/**
 * Questions and their answers: echo requests and replies, DNS queries and responses. Who was asked how often, and what
 * was never answered.
 *
 * A question counts once however often the capture shows it, as one from all devices of a router does. What was asked
 * just before the capture ends is not counted as unanswered while others of the same asker were answered. Beyond the
 * most questions that are kept at a time, the unanswered ones are counted and all are forgotten: one that is answered
 * later than 65,536 others were asked counts as unanswered.
 *
 * @module
 */

import type { PacketFields } from '../../wire/fields.ts';
import type { Frame } from '../frame.ts';
import { FRAME_WORDS, readFrames, SHOWN_FRAMES, secondsBetween, writeFrame } from '../frame-words.ts';
import { NumberTable } from '../number-table.ts';

const MOST_QUESTIONS = 65_536;
const MOST_GROUPS = 16_384;

// A question: who asked, whether it was answered, the frame.
const GROUP = 0;
const ANSWERED = 1;
const BYTES = 2;
const FRAME = 3;

// A group: questions, answers, questions that are unanswered for good, where the last was seen, those that
// waited long, those that an ICMP error came for, how large the largest that was answered and the smallest that was
// not, the first frames.
const ASKED = 0;
const REPLIES = 1;
const LOST = 2;
const PLACE = 3;
const OVERDUE = 4;
const REFUSED = 5;
const LARGEST_ANSWERED = 6;
const SMALLEST_LOST = 7;
const LOST_FRAMES = 8;

/** A question without an answer for so long is not waiting for the end of the capture. */
const OVERDUE_SECONDS = 1;

/** What the capture cannot show of questions that are not overdue. */
export const TOO_EARLY = 'Whether an answer came: the capture ends within a second after the question';

/** Those of one group that had no answer. */
export interface Unanswered {
  /** The entry of `groups`. */
  readonly group: number;
  /** The group's key, as it was claimed. */
  readonly words: Int32Array;
  readonly at: number;
  readonly asked: number;
  readonly answered: number;
  /** An ICMP error came for so many. */
  readonly refused: number;
  readonly lost: number;
  /** Bytes of IP of the largest question that was answered; 0 if none was. */
  readonly largestAnswered: number;
  readonly smallestLost: number;
  /** Whether one waited so long that the capture's end cannot be why. */
  readonly isOverdue: boolean;
  /** Of the last sight of a question. */
  readonly place: number;
  readonly frames: [Frame, ...Frame[]];
}

export class Exchange {
  /** Their keys are to be written before `ask()` and `answer()`. */
  readonly groups: NumberTable;
  readonly questions: NumberTable;
  /** The entry of `groups` that the last question, or the last answer that had one, belongs to. */
  group = 0;
  readonly #patienceSeconds: number;
  readonly #groupKeyWords: number;

  /** @param patienceSeconds An answer may take so long. */
  constructor(groupKeyWords: number, questionKeyWords: number, patienceSeconds: number, seed: number) {
    this.groups = new NumberTable(groupKeyWords, LOST_FRAMES + SHOWN_FRAMES * FRAME_WORDS, MOST_GROUPS, seed);
    this.questions = new NumberTable(questionKeyWords, FRAME + FRAME_WORDS, MOST_QUESTIONS, seed);
    this.#patienceSeconds = patienceSeconds;
    this.#groupKeyWords = groupKeyWords;
  }

  /**
   * @param place Of Places, where it was seen.
   * @returns Whether it is a new question, not another sight of one.
   */
  ask(number: number, fields: PacketFields, place: number): boolean {
    const { groups, questions } = this;
    const group = groups.claim();
    if (group === -1) return false;
    this.group = groups.indexOf(group);
    groups.words[group + PLACE] = place;
    let at = questions.claim();
    if (at === -1) {
      this.#settle(fields.seconds, fields.nanoseconds, false);
      questions.clear();
      at = questions.claim();
    }
    const { words } = questions;
    if (!questions.isNew) {
      // The same number again, after the counter went round or a restart: another question.
      if (secondsBetween(words, at + FRAME, fields.seconds, fields.nanoseconds) <= this.#patienceSeconds) return false;
      if (words[at + ANSWERED] === 0) this.#lose(at, this.#patienceSeconds);
    }
    words[at + GROUP] = group;
    words[at + ANSWERED] = 0;
    words[at + BYTES] = fields.ipEndAt - fields.networkAt;
    writeFrame(words, at + FRAME, number, fields);
    groups.words[group + ASKED] = (groups.words[group + ASKED] ?? 0) + 1;
    return true;
  }

  /** @returns Whether anybody had asked; the key of the question is all that is needed. */
  answer(): boolean {
    return this.#end(REPLIES);
  }

  /** The same for an ICMP error about the question. */
  refuse(): boolean {
    return this.#end(REFUSED);
  }

  #end(how: typeof REPLIES | typeof REFUSED): boolean {
    const at = this.questions.find();
    if (at === -1) return false;
    const { words } = this.questions;
    this.group = this.groups.indexOf(words[at + GROUP] ?? 0);
    if (words[at + ANSWERED] === 1) return true;
    words[at + ANSWERED] = 1;
    const group = words[at + GROUP] ?? 0;
    const ofGroups = this.groups.words;
    ofGroups[group + how] = (ofGroups[group + how] ?? 0) + 1;
    if (how === REPLIES) {
      const largest = group + LARGEST_ANSWERED;
      ofGroups[largest] = Math.max(ofGroups[largest] ?? 0, words[at + BYTES] ?? 0);
    }
    return true;
  }

  /** @param endNs When the capture ended. */
  unanswered(capture: number, endNs: bigint): readonly Unanswered[] {
    this.#settle(Number(endNs / 1_000_000_000n), Number(endNs % 1_000_000_000n), true);
    const { words, size } = this.groups;
    const all: Unanswered[] = [];
    for (let index = 0; index < size; index++) {
      const at = this.groups.entryAt(index);
      const values = at + this.#groupKeyWords;
      const lost = words[values + LOST] ?? 0;
      if (lost === 0) continue;
      all.push({
        group: index,
        words,
        at,
        asked: words[values + ASKED] ?? 0,
        answered: words[values + REPLIES] ?? 0,
        refused: words[values + REFUSED] ?? 0,
        lost,
        largestAnswered: words[values + LARGEST_ANSWERED] ?? 0,
        smallestLost: words[values + SMALLEST_LOST] ?? 0,
        isOverdue: words[values + OVERDUE] === 1,
        place: words[values + PLACE] ?? 0,
        frames: readFrames(capture, words, values + LOST_FRAMES, lost),
      });
    }
    return all;
  }

  /** Entries of the groups that answer: where their keys begin. */
  answering(): readonly number[] {
    const { groups } = this;
    return Array.from({ length: groups.size }, (_, index) => groups.entryAt(index)).filter(
      (at) => (groups.words[at + this.#groupKeyWords + REPLIES] ?? 0) > 0,
    );
  }

  /** Count what will not be answered any more. */
  #settle(seconds: number, nanoseconds: number, isEnd: boolean): void {
    const { questions, groups } = this;
    for (let index = 0; index < questions.size; index++) {
      const at = questions.entryAt(index) + questions.key.length;
      if (questions.words[at + ANSWERED] === 1) continue;
      const ageSeconds = secondsBetween(questions.words, at + FRAME, seconds, nanoseconds);
      const group = questions.words[at + GROUP] ?? 0;
      const isHeard = (groups.words[group + REPLIES] ?? 0) + (groups.words[group + REFUSED] ?? 0) > 0;
      if (ageSeconds > this.#patienceSeconds || (isEnd && !isHeard)) this.#lose(at, ageSeconds);
    }
  }

  #lose(at: number, ageSeconds: number): void {
    const { words } = this.questions;
    const group = words[at + GROUP] ?? 0;
    if (ageSeconds >= OVERDUE_SECONDS) this.groups.words[group + OVERDUE] = 1;
    const lost = this.groups.words[group + LOST] ?? 0;
    if (lost < SHOWN_FRAMES) {
      const kept = group + LOST_FRAMES + lost * FRAME_WORDS;
      this.groups.words.set(words.subarray(at + FRAME, at + FRAME + FRAME_WORDS), kept);
    }
    const smallest = this.groups.words[group + SMALLEST_LOST] ?? 0;
    const bytes = words[at + BYTES] ?? 0;
    this.groups.words[group + SMALLEST_LOST] = lost === 0 ? bytes : Math.min(smallest, bytes);
    this.groups.words[group + LOST] = lost + 1;
  }
}
