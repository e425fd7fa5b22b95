/**
 * The place at a hook where translation happens: the nat chains are asked for the first packet of a connection, once
 * for each end; every packet is then rewritten as its connection says.
 *
 * Source: net/netfilter/nf_nat_core.c nf_nat_inet_fn(). Seen in test/live/netfilter-nat.test.ts.
 *
 * @module
 */

import { runChain } from './chain.ts';
import { clashes, rewrite, settle, trackedConnection } from './connection.ts';
import { inOrder } from './order.ts';
import { chainName, type HookedChain } from './plan.ts';
import { natSide } from './translate.ts';
import { type Passage, type Passing, passed, type Result, undecidable } from './traversal.ts';

/** Run the nat chains where they are to be asked, and rewrite the packet. */
export function runNat(passage: Passage, groups: readonly (readonly HookedChain[])[], passing: Passing): Result {
  const { hook, netns } = passage.pass;
  const side = natSide(hook);
  const tracked = trackedConnection(passing.conntrack);
  if (tracked === undefined) return passed(passing);
  const { connection, direction, isRelated } = tracked;
  let bound = passing;
  if (isRelated !== true && direction === 'original' && !connection.answered && !connection.settled[side]) {
    const asked = askChains(passage, groups, passing);
    if (asked.kind !== 'passed') return asked;
    bound = asked.passing;
    const isSettled = trackedConnection(bound.conntrack)?.connection.settled[side];
    if (!isSettled) bound = { ...bound, conntrack: settle(bound.conntrack, side, undefined) };
    if (side === 'source' && clashes(bound.conntrack)) {
      return undecidable(
        bound,
        `two connections through ${netns.name} wait for the same answer: the kernel changes a port`,
      );
    }
  }
  const settled = trackedConnection(bound.conntrack);
  if (settled === undefined) return passed(bound);
  const packet = rewrite(bound.packet, settled, side);
  const isMoved = hook === 'output' && packet.destination !== bound.packet.destination;
  return passed({ ...bound, packet, reroute: bound.reroute || isMoved });
}

/** The first chain that translates ends it; an accept leaves it to the next one. */
function askChains(passage: Passage, groups: readonly (readonly HookedChain[])[], passing: Passing): Result {
  let result: Result = passed(passing);
  for (const group of groups) {
    for (const chain of inOrder(group, passage.choose, chainName)) {
      result = runChain(passage, chain, result.passing);
      if (result.kind !== 'passed' || result.passing.natRule !== undefined) return result;
    }
  }
  return result;
}
