/**
 * The records of several streams in the order of time. Every stream is in order in itself, or nearly so (record-order.ts); how far
 * behind one is, only it can tell: what has come from it last, or that it is idle. To be silent is not enough: a tcpdump that
 * gets no processor is silent, too.
 *
 * Limit: a stream that says it is idle, or is silent for 5 s, and then brings what is older comes too late: its records are
 * told all the same, out of order, and counted. So is what comes when more is held than there is room for.
 *
 * @module
 */

import type { PcapRecords } from './pcap-records.ts';

/** A stream is asked so often whether it is idle, while others wait for it. */
const ASK_EVERY_MS = 100;
/** What has just passed may still be on its way through the kernel when a stream says that it is idle. */
const MARGIN_MS = 5;
/** However busy it says it is, it is waited for no longer. */
const MOST_PATIENCE_MS = 5_000;
/** More is never held: then the order is given up, not the memory. */
const MOST_HELD_BYTES = 64 * 1024 * 1024;
const NS_PER_MS = 1e6;
/** So much earlier than its latest, a stream may still bring something: a bridge may take that long to send to all its ports. */
const DISORDER_NS = 1e6;

interface Stream {
  readonly records: PcapRecords;
  readonly isIdle: () => boolean;
  /** When it last brought something. */
  heardNs: number;
  /** It has brought something since everything was told last: there may be more where that came from. */
  isSpeaking: boolean;
  /** When it was last asked whether it is idle. */
  askedNs: number;
  /** It said that it had brought everything from before then; it may have written that just before it was asked. */
  saidIdleNs: number;
  /** It has brought everything from before then. */
  idleNs: number;
  isEnded: boolean;
}

/** @param stream Its number. */
export type OnRecord = (stream: number, records: PcapRecords) => void;

export class TimeOrder {
  /** Records that came after later ones had been told. */
  late = 0;
  /** Everything before has been told, but for what comes too late. */
  toldNs = Number.NEGATIVE_INFINITY;
  readonly #streams: Stream[] = [];

  /** @param isIdle Whether the stream has brought everything that it could by now. @returns Its number. */
  add(records: PcapRecords, nowNs: number, isIdle: () => boolean): number {
    const never = Number.NEGATIVE_INFINITY;
    const stream = {
      records,
      isIdle,
      heardNs: nowNs,
      isSpeaking: false,
      askedNs: never,
      saidIdleNs: never,
      idleNs: never,
      isEnded: false,
    };
    return this.#streams.push(stream) - 1;
  }

  heard(stream: number, nowNs: number): void {
    const found = this.#streams[stream];
    if (found === undefined) return;
    found.heardNs = nowNs;
    found.isSpeaking = true;
  }

  /** Nothing more comes from it. */
  end(stream: number): void {
    const found = this.#streams[stream];
    if (found !== undefined) found.isEnded = true;
  }

  /**
   * Tell what nothing earlier can come before any more.
   *
   * @param nowNs By the clock of the records, and after the same base.
   * @param mayAsk Everything that the streams had to bring a moment ago has been read: one that is silent may be idle.
   */
  tell(nowNs: number, told: OnRecord, mayAsk: boolean): void {
    const held = this.#streams.reduce((sum, { records }) => sum + records.heldBytes, 0);
    this.#tellBefore(held > MOST_HELD_BYTES ? Number.POSITIVE_INFINITY : this.#safeNs(nowNs, mayAsk), told);
  }

  /** Tell everything. */
  finish(told: OnRecord): void {
    this.#tellBefore(Number.POSITIVE_INFINITY, told);
  }

  #safeNs(nowNs: number, mayAsk: boolean): number {
    let safeNs = nowNs;
    for (const stream of this.#streams) {
      if (stream.isEnded) continue;
      let own = Math.max(stream.records.lastNs - DISORDER_NS, stream.idleNs);
      if (mayAsk) {
        // What it wrote before it was asked has been read since: that was all.
        if (!stream.isSpeaking) stream.idleNs = Math.max(stream.idleNs, stream.saidIdleNs);
        stream.saidIdleNs = Number.NEGATIVE_INFINITY;
        own = Math.max(own, stream.idleNs);
        const isDue = nowNs - Math.max(own, stream.askedNs) >= ASK_EVERY_MS * NS_PER_MS;
        if (isDue && !stream.isSpeaking) {
          stream.askedNs = nowNs;
          const isLong = nowNs - Math.max(stream.heardNs, stream.idleNs) > MOST_PATIENCE_MS * NS_PER_MS;
          if (isLong || stream.isIdle()) stream.saidIdleNs = nowNs - MARGIN_MS * NS_PER_MS;
        }
        stream.isSpeaking = false;
      }
      if (own < safeNs) safeNs = own;
    }
    return safeNs;
  }

  #tellBefore(endNs: number, told: OnRecord): void {
    for (;;) {
      let first = -1;
      let firstNs = Number.POSITIVE_INFINITY;
      let secondNs = Number.POSITIVE_INFINITY;
      // Once a packet under a flood, and so without an iterator.
      for (let at = 0; at < this.#streams.length; at++) {
        const timeNs = this.#streams[at]?.records.timeNs ?? Number.POSITIVE_INFINITY;
        if (timeNs < firstNs) {
          secondNs = firstNs;
          firstNs = timeNs;
          first = at;
        } else if (timeNs < secondNs) secondNs = timeNs;
      }
      // Asked for what is before the first, V8 compiles all of it again.
      const records = first < 0 ? undefined : this.#streams[first]?.records;
      if (records === undefined || firstNs > endNs) break;
      const untilNs = Math.min(endNs, secondNs);
      do {
        if (records.timeNs < this.toldNs) this.late++;
        else this.toldNs = records.timeNs;
        told(first, records);
      } while (records.next() && records.timeNs <= untilNs);
    }
    if (endNs !== Number.POSITIVE_INFINITY && endNs > this.toldNs) this.toldNs = endNs;
  }
}
