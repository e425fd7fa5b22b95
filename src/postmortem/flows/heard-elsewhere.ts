/**
 * Whether a side of a flow that is silent here was heard on another VLAN or interface of the same capture: each
 * direction may take its own, and then nobody is unanswered.
 *
 * Limit: only flows that are still held are asked.
 *
 * @module
 */

import { KEY, RECORD_WORDS, SIDE, SIDE_AT, SIDE_WORDS } from './flow-record.ts';

/** Addresses, ports and protocol: the words of a key that are the same wherever a packet is seen. */
const SAME_WORDS = KEY.what + 1;

/** @param used So many records are in use. */
export function heardSides(words: Int32Array, used: number): (flow: number, side: number) => boolean {
  if (!areSeveralPlaces(words, used)) return () => false;
  const heard = new Set<string>();
  for (let flow = 0; flow < used; flow++) {
    for (let side = 0; side < 2; side++) {
      if ((words[flow * RECORD_WORDS + SIDE_AT + side * SIDE_WORDS + SIDE.packets] as number) === 0) continue;
      heard.add(nameOf(words, flow, side));
    }
  }
  return (flow, side) =>
    words[flow * RECORD_WORDS + SIDE_AT + side * SIDE_WORDS + SIDE.packets] === 0 &&
    heard.has(nameOf(words, flow, side));
}

function areSeveralPlaces(words: Int32Array, used: number): boolean {
  for (let flow = 1; flow < used; flow++) {
    const at = flow * RECORD_WORDS;
    if (words[at + KEY.vlans] !== words[KEY.vlans] || words[at + KEY.point] !== words[KEY.point]) return true;
  }
  return false;
}

function nameOf(words: Int32Array, flow: number, side: number): string {
  return `${side} ${words.subarray(flow * RECORD_WORDS, flow * RECORD_WORDS + SAME_WORDS).join(' ')}`;
}
