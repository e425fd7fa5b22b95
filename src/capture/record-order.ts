/**
 * Records of one stream of tcpdump that are nearly in the order of time, put into that order.
 *
 * The kernel stamps a packet when it first sees it, and a copy keeps the stamp: what a bridge passes up to itself is seen behind
 * the copies that it sent to its ports, and is older than they are. Two processors, too, put packets into one ring a little
 * otherwise than they stamped them.
 *
 * Source: net/core/dev.c: __netif_receive_skb_core() delivers to taps with the stamp of netif_receive_skb(). Seen in
 * test/live/capture.test.ts.
 *
 * @module
 */

/** Where whole records lie. */
export interface Stretch {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly begin: number;
  readonly end: number;
}

interface At {
  readonly bytes: Uint8Array;
  readonly begin: number;
  readonly end: number;
  readonly timeNs: number;
}

/** How a record is read; `next`: where the one behind it begins. */
export interface RecordReader {
  readonly timeNs: (view: DataView, at: number) => number;
  readonly next: (view: DataView, at: number) => number;
}

/** All records of the stretches in one piece of new bytes, those of one time in the order in which they came. */
export function inOrderOfTime(stretches: readonly Stretch[], { timeNs, next }: RecordReader): Uint8Array {
  const records: At[] = [];
  for (const { bytes, view, begin, end } of stretches) {
    for (let at = begin; at < end; ) {
      const behind = next(view, at);
      records.push({ bytes, begin: at, end: behind, timeNs: timeNs(view, at) });
      at = behind;
    }
  }
  records.sort((a, b) => a.timeNs - b.timeNs);
  const sorted = new Uint8Array(records.reduce((sum, { begin, end }) => sum + end - begin, 0));
  let to = 0;
  for (const { bytes, begin, end } of records) {
    sorted.set(bytes.subarray(begin, end), to);
    to += end - begin;
  }
  return sorted;
}
