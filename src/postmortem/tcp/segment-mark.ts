/**
 * What one TCP segment is, seen beside those before it: one bit each, so that a segment's marks are one number.
 *
 * The names are Wireshark's (`tcp.analysis.*`), so that a person can go on there with a display filter.
 *
 * @module
 */

export const SEGMENT_MARK = {
  retransmission: 1 << 0,
  fastRetransmission: 1 << 1,
  spuriousRetransmission: 1 << 2,
  outOfOrder: 1 << 3,
  /** A segment before this one is not in the capture. */
  lostSegment: 1 << 4,
  /** It acknowledges what is not in the capture: then the capture is incomplete, not the connection. */
  ackLostSegment: 1 << 5,
  duplicateAck: 1 << 6,
  zeroWindow: 1 << 7,
  zeroWindowProbe: 1 << 8,
  zeroWindowProbeAck: 1 << 9,
  keepAlive: 1 << 10,
  keepAliveAck: 1 << 11,
  windowUpdate: 1 << 12,
  windowFull: 1 << 13,
  reusedPorts: 1 << 14,
} as const;

export type SegmentMark = keyof typeof SEGMENT_MARK;

/** Sent again, whatever the reason. */
export const SENT_AGAIN =
  SEGMENT_MARK.retransmission | SEGMENT_MARK.fastRetransmission | SEGMENT_MARK.spuriousRetransmission;

/** The names of the marks that are set, in the order of the table. */
export function segmentMarks(marks: number): readonly SegmentMark[] {
  return (Object.keys(SEGMENT_MARK) as SegmentMark[]).filter((name) => (marks & SEGMENT_MARK[name]) !== 0);
}
