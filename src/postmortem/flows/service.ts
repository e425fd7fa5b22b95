/**
 * Which side of a flow is the client, and where the service is.
 *
 * @module
 */

import { COMMON, FLOW_STATE, KEY, RECORD_WORDS } from './flow-record.ts';

/** The side that began: by its SYN; where none was captured, the one with the higher port; else the first to send. */
export function clientSide(words: Int32Array, flow: number): 0 | 1 {
  const record = flow * RECORD_WORDS;
  const state = words[record + COMMON.state] as number;
  const ports = words[record + KEY.ports] as number;
  const difference = (ports >>> 16) - (ports & 0xffff);
  if ((state & (FLOW_STATE.synSeen | FLOW_STATE.synAckSeen)) === 0 && difference !== 0) return difference > 0 ? 0 : 1;
  return (state & FLOW_STATE.begunBySide1) !== 0 ? 1 : 0;
}

/** The port of the side; 0 where the protocol has none. */
export function portOf(words: Int32Array, flow: number, side: number): number {
  const ports = words[flow * RECORD_WORDS + KEY.ports] as number;
  return side === 0 ? ports >>> 16 : ports & 0xffff;
}
