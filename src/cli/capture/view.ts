/**
 * Journeys to stdout as they end, as text or as JSON lines; and when they come faster than anybody can read, a count of
 * those that were left out.
 *
 * @module
 */

import type { LiveFate, LiveJourney } from '../../postmortem/live/journey.ts';
import { journeyDocument, moreDocument } from '../../report/live-json.ts';
import { jsonLine } from '../../report/print-json.ts';
import { journeyText } from '../../report/text/live.ts';
import type { Style } from '../../report/text/style.ts';
import type { Writer } from '../io.ts';

/** Lines a second: a person reads fewer, and a program is not to be a brake on what it watches. */
const LINES_A_SECOND = { text: 200, json: 2_000 } as const;
/** Of those, so many are kept for what was lost, which is why somebody looks. */
const FOR_LOST = 0.5;

export class View {
  readonly #out: Writer;
  readonly #isJson: boolean;
  readonly #style: Style;
  readonly #isOneLine: boolean;
  readonly #nowMs: () => number;
  #second = 0;
  #lines = 0;
  #left = 0;
  #leftLost = 0;

  /** @param nowMs A clock that does not jump. */
  constructor(out: Writer, format: { isJson: boolean; style: Style; isOneLine: boolean }, nowMs: () => number) {
    this.#out = out;
    this.#isJson = format.isJson;
    this.#style = format.style;
    this.#isOneLine = format.isOneLine;
    this.#nowMs = nowMs;
  }

  tell(fate: LiveFate, journey: () => LiveJourney): void {
    const second = Math.floor(this.#nowMs() / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#lines = 0;
      this.tellLeft();
    }
    const most = this.#isJson ? LINES_A_SECOND.json : LINES_A_SECOND.text;
    const isLost = fate.kind === 'lost';
    if (this.#lines >= (isLost ? most : most * (1 - FOR_LOST))) {
      this.#left++;
      if (isLost) this.#leftLost++;
      return;
    }
    this.#lines++;
    this.#out.write(
      this.#isJson ? jsonLine(journeyDocument(journey())) : `${journeyText(journey(), this.#style, this.#isOneLine)}\n`,
    );
  }

  /** Say how many were left out since it was said last. */
  tellLeft(): void {
    if (this.#left === 0) return;
    const lost = this.#leftLost === 0 ? '' : `, ${this.#leftLost.toLocaleString('en')} of them lost`;
    this.#out.write(
      this.#isJson
        ? jsonLine(moreDocument(this.#left, this.#leftLost))
        : `… ${this.#left.toLocaleString('en')} more${lost}\n`,
    );
    this.#left = 0;
    this.#leftLost = 0;
  }
}
