/**
 * What the file says about packets that were lost or rewritten, as comments that Wireshark shows with the packet, and about
 * itself.
 *
 * It is known after the packet has been written, so it is kept until the capture ends and put in then (capture/annotate.ts). A
 * packet is found again by its device and its time; two on one device within one nanosecond would share a comment.
 *
 * @module
 */

import { annotate } from '../../capture/annotate.ts';
import type { JourneyHop, LiveFate, LiveJourney, LostGroup } from '../../postmortem/live/journey.ts';
import { escapeText } from '../../report/escape.ts';

/** Kept in memory until the end; a capture in which more goes wrong is not read packet by packet. */
const MOST_PACKETS = 50_000;
const WORD = 2 ** 32;
/** Wireshark's own comments are a person's. */
const FROM_US = 'nsdiag: ';

/** What is known when all has been captured. */
export interface Outcome {
  /** What the file says of itself. */
  readonly ofFile: string;
  /** It is worth writing the file anew, even where no packet gets a comment. */
  readonly isToBeTold: boolean;
  /** Why such packets died: clauses. */
  readonly causesOf: (lost: LostGroup) => readonly string[];
}

/** A group stands for the causes of its packets. */
type Remark = string | LostGroup;

export class Remarks {
  /** By device, then by the nanoseconds since `#baseNs`. */
  readonly #byDevice = new Map<string, Map<number, Remark[]>>();
  readonly #baseNs: bigint;
  #packets = 0;
  #left = 0;

  /** @param baseSeconds No packet is of before. */
  constructor(baseSeconds: number) {
    this.#baseNs = BigInt(baseSeconds) * 1_000_000_000n;
  }

  /** A packet has ended. @param journey Made only where there is something to say. */
  tell(fate: LiveFate, isChanged: boolean, journey: () => LiveJourney): void {
    if (fate.kind !== 'lost' && !isChanged) return;
    if (this.#packets === MOST_PACKETS) {
      this.#left++;
      return;
    }
    this.#packets++;
    const { timestampNs, hops } = journey();
    const firstNs = Number(timestampNs - this.#baseNs);
    for (const hop of hops) for (const change of hop.changes) this.#say(hop, firstNs, change);
    const last = hops.findLast(({ isBeside }) => !isBeside) ?? hops.at(-1);
    if (fate.kind !== 'lost' || last === undefined) return;
    this.#say(last, firstNs, lostText(fate));
    if (fate.group !== undefined) this.#say(last, firstNs, fate.group);
  }

  #say({ netns, device, afterNs }: JourneyHop, firstNs: number, remark: Remark): void {
    const name = `${netns}:${device}`;
    const ofDevice = this.#byDevice.get(name) ?? new Map<number, Remark[]>();
    this.#byDevice.set(name, ofDevice);
    const timeNs = firstNs + afterNs;
    const said = ofDevice.get(timeNs);
    if (said === undefined) ofDevice.set(timeNs, [remark]);
    else said.push(remark);
  }

  /**
   * Put them into the finished file.
   *
   * @param nameOf Which device the interfaces of the file are.
   * @returns What a person should know: that they are not there, or not all.
   */
  async putInto(
    path: string,
    nameOf: (interfaceId: number) => string | undefined,
    { ofFile, isToBeTold, causesOf }: Outcome,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    if (this.#packets === 0 && !isToBeTold) return undefined;
    if (path === '-') {
      if (this.#packets === 0) return undefined;
      return 'what went to standard output says nothing about packets that were lost or rewritten: it had gone before that was known';
    }
    const byInterface: (ReadonlyMap<number, readonly Remark[]> | undefined)[] = [];
    const words = (remark: Remark) =>
      (typeof remark === 'string'
        ? [remark]
        : [...(remark.said === undefined ? [] : [remark.said]), ...causesOf(remark)]
      ).map((text) => FROM_US + escapeText(text));
    const of = (id: number) => (byInterface[id] ??= this.#byDevice.get(nameOf(id) ?? '') ?? NONE);
    const [baseHigh, baseLow] = [Number(this.#baseNs / BigInt(WORD)), Number(this.#baseNs % BigInt(WORD))];
    const annotated = await annotate(
      path,
      // Exact: the difference stays under 2^53 for a hundred days.
      (id, high, low) =>
        of(id)
          .get((high - baseHigh) * WORD + low - baseLow)
          ?.flatMap(words) ?? [],
      ofFile,
      signal,
    );
    // Of itself alone, it can be without.
    if (annotated.kind === 'left' && this.#packets === 0) return undefined;
    if (annotated.kind === 'left')
      return `the file says nothing about packets that were lost or rewritten: ${annotated.why}`;
    if (this.#left === 0) return undefined;
    return `the file comments on the first ${MOST_PACKETS} packets that were lost or rewritten, and not on ${this.#left} more`;
  }
}

const NONE: ReadonlyMap<number, readonly Remark[]> = new Map();

function lostText({ where, isInPart, afterMs }: Extract<LiveFate, { readonly kind: 'lost' }>): string {
  const what = isInPart ? 'partly lost' : 'lost';
  return where === undefined
    ? `${what} after here: not seen anywhere else within ${afterMs} ms`
    : `${what} after here: not seen in ${where} within ${afterMs} ms`;
}
