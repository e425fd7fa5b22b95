/**
 * The flows that have other addresses or ports at another point, as a person reads them. There may be half a million, of
 * which hardly one is shown: they stay numbers, and each is put together when it is asked for.
 *
 * @module
 */

import type { FlowIds } from './flow-ids.ts';
import { flowText } from './flow-text.ts';
import type { Matching } from './passages.ts';
import type { Rewriting, RewritingList } from './points-analysis.ts';
import type { Translation, Translations } from './streams.ts';

/** The way back is not told of a flow whose way there is. */
export function rewritingsOf({ index, streams, ways }: Matching): RewritingList {
  const { flows } = index.sightings;
  const { translations } = streams;
  const isTold = new Uint8Array(flows.count);
  const told = new Int32Array(translations.count);
  let length = 0;
  for (let at = 0; at < translations.count; at++) {
    const from = translations.from(at);
    const reverse = flows.reverseOf(from);
    if (reverse !== undefined && isTold[reverse] === 1) continue;
    isTold[from] = 1;
    told[length++] = at;
  }
  return new LazyRewritings(flows, translations, told.slice(0, length), ways.order);
}

class LazyRewritings implements RewritingList {
  readonly #flows: FlowIds;
  readonly #translations: Translations;
  readonly #told: Int32Array;
  readonly #order: readonly number[];

  constructor(flows: FlowIds, translations: Translations, told: Int32Array, order: readonly number[]) {
    this.#flows = flows;
    this.#translations = translations;
    this.#told = told;
    this.#order = order;
  }

  get length(): number {
    return this.#told.length;
  }

  slice(start: number, end: number): readonly Rewriting[] {
    return Array.from(this.#told.subarray(start, end), (at) => this.#rewriting(at));
  }

  *[Symbol.iterator](): Iterator<Rewriting> {
    for (const at of this.#told) yield this.#rewriting(at);
  }

  #rewriting(at: number): Rewriting {
    return new LazyRewriting(this.#flows, this.#translations.at(at), this.#order);
  }
}

/** A class, whose words are made when they are asked for: half a million objects with functions of their own take 150 MB. */
class LazyRewriting implements Rewriting {
  readonly from: number;
  readonly to: number;
  readonly translation: Translation;
  readonly #flows: FlowIds;
  readonly #isForth: boolean;

  constructor(flows: FlowIds, translation: Translation, order: readonly number[]) {
    const a = order.indexOf(translation.fromPoint);
    const b = order.indexOf(translation.toPoint);
    this.from = Math.min(a, b);
    this.to = Math.max(a, b);
    this.translation = translation;
    this.#flows = flows;
    this.#isForth = a < b;
  }

  get packets(): number {
    return this.translation.packets;
  }

  get before(): string {
    return flowText(this.#flows.flow(this.#isForth ? this.translation.from : this.translation.to));
  }

  get after(): string {
    return flowText(this.#flows.flow(this.#isForth ? this.translation.to : this.translation.from));
  }
}
