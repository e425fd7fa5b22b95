/**
 * A router's ICMP error that never comes to the sender: whether it is lost, and the journey on which that happens.
 *
 * @module
 */

import type { NetnsName } from '../../host/link.ts';
import type { RoutersWord, TooLongBy } from '../../journey/fate.ts';
import type { FaultContext } from '../rule.ts';

/** Whether the router's word is known to come to nothing. */
export function isWordLost(by: TooLongBy, sender: NetnsName): boolean {
  return lostWordOf(by, sender) !== undefined;
}

/** The word, when it is lost on its way. */
export function lostWordOf(by: TooLongBy, sender: NetnsName): RoutersWord | undefined {
  if (by.kind !== 'router' || by.word === undefined) return undefined;
  const { fate } = by.word;
  if (fate.kind === 'undecided') return undefined;
  return fate.kind === 'delivered' && fate.netns === sender ? undefined : by.word;
}

/** The word's own journey, as one to be explained. */
export function contextOfWord(context: FaultContext, { packet, steps, fate }: RoutersWord): FaultContext {
  const leg = context.journey.leg === 'request' ? 'reply' : 'request';
  const journey = { leg, packet, steps, fate } as const;
  return { ...context, trip: { request: journey, reply: undefined }, journey };
}
