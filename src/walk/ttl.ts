/**
 * The end of packets that go in circles.
 *
 * A packet that meets the same device with the same addresses and mark again goes round for ever, losing one of its TTL
 * at each namespace: where it ends is counted, not walked.
 *
 * Source: net/ipv4/ip_forward.c ip_forward() ("too many hops"). Seen in test/live/kernel-ttl.test.ts.
 *
 * @module
 */

import type { Fate } from '../journey/fate.ts';
import type { Packet } from '../journey/packet.ts';
import { droppedAt } from './fates.ts';
import type { Device } from './netns-index.ts';
import type { Visit, Walk } from './walk.ts';

/** Note that the packet is about to be forwarded, or answer where its TTL runs out. */
export function ttlRunsOut(walk: Walk, { ref }: Device, packet: Packet): Fate | undefined {
  const { visited } = walk;
  if (packet.ttl <= 1) {
    return droppedAt(ref, { kind: 'ttl-exceeded', visited: [...visited.map(({ at }) => at), ref] });
  }
  const first = visited.findIndex((visit) => visit.at === ref && isSame(visit.packet, packet));
  if (first < 0) {
    visited.push({ at: ref, packet });
    return undefined;
  }
  const circle = visited.slice(first).map(({ at }) => at);
  const last = circle[(packet.ttl - 1) % circle.length] ?? ref;
  return droppedAt(last, { kind: 'ttl-exceeded', visited: circle });
}

function isSame(before: Visit['packet'], now: Packet): boolean {
  return before.source === now.source && before.destination === now.destination && before.mark === now.mark;
}
