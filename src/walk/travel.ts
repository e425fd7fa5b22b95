/**
 * A packet's whole way: sent, and followed from device to device until it lands or ends.
 *
 * @module
 */

import type { Fate } from '../journey/fate.ts';
import type { Packet } from '../journey/packet.ts';
import type { NetnsIndex } from './netns-index.ts';
import { type Landing, receive } from './receive.ts';
import { type Outgoing, send } from './send.ts';
import type { Walk } from './walk.ts';

export interface Travelled {
  /** As it was sent; `undefined` when no route gave it a source. */
  readonly packet: Packet | undefined;
  readonly end: Landing | Fate;
}

/** Send, and follow. */
export function travel(walk: Walk, netns: NetnsIndex, outgoing: Outgoing): Travelled {
  const { packet, onward } = send(walk, netns, outgoing);
  let here = onward;
  while (here.kind === 'arrival') {
    const next = receive(walk, here);
    if (next.kind === 'landing') return { packet, end: next };
    here = next;
  }
  return { packet, end: here };
}
