/**
 * The matrix as the model has it.
 *
 * @module
 */

import { findNetns, type Host } from '../../host/host.ts';
import type { NetnsName } from '../../host/link.ts';
import { isRoundTripDelivered } from '../../journey/journey.ts';
import { verdictOfModel } from '../conclude.ts';
import { lookedAt } from '../looked.ts';
import { type Asking, pairsOf, type Walked, walkPair } from './ask-pairs.ts';
import { explainPairs } from './explain-pairs.ts';
import type { Cell, Matrix, Pair, Reason } from './matrix.ts';
import type { Members } from './members.ts';

/** @param onWalked Told how many of how many pairs have been walked. */
export function makeMatrix(
  host: Host,
  { members, leftOut }: Members,
  asking: Asking,
  onWalked: (walked: number, of: number) => void,
): Matrix {
  const pairs = pairsOf(host, members, asking);
  const walked = pairs.map((pair, index) => {
    onWalked(index, pairs.length);
    return walkPair(host, pair);
  });
  const failed = walked.filter((each): each is Walked => each !== undefined && !isRoundTripDelivered(each.trip));
  const explained = explainPairs(host, failed);
  const withoutAddress = new Map<NetnsName, Reason>();
  const cells = pairs.map((pair, index): Cell => {
    const own = walked[index];
    if (own === undefined) return cellNotAsked(host, pair, withoutAddress);
    const explanation = explained.get(own.pair);
    return {
      ...own.pair,
      verdict: verdictOfModel(own),
      reasons: explanation?.reasons ?? [],
      knownBy: explanation?.knownBy,
    };
  });
  return {
    proto: asking.proto,
    port: asking.port,
    members,
    leftOut,
    cells,
    reasons: reasonsOf(cells),
    looked: lookedAt(host),
    notes: host.notes,
  };
}

/** Every reason once: those that are first in most cells first, then those behind others. */
export function reasonsOf(cells: readonly Cell[]): readonly Reason[] {
  const weights = new Map<Reason, number>();
  for (const { reasons } of cells) {
    for (const [index, reason] of reasons.entries()) {
      weights.set(reason, (weights.get(reason) ?? 0) + (index === 0 ? cells.length : 1));
    }
  }
  return [...weights].sort(([, a], [, b]) => b - a).map(([reason]) => reason);
}

/** Nobody can be asked at an address that is not there, nor for anything by a namespace that could not be read. */
function cellNotAsked(host: Host, pair: Pair, known: Map<NetnsName, Reason>): Cell {
  const [asker, target] = [findNetns(host, pair.from), findNetns(host, pair.to)];
  const unread = [asker, target].find((netns) => netns?.links.known === false);
  const at = unread?.name ?? pair.to;
  const reason = known.get(at) ?? {
    key: at,
    code: unread === undefined ? 'no-address' : undefined,
    title: unread === undefined ? 'No address' : 'Not read',
    netns: at,
    device: undefined,
    leg: undefined,
    what:
      unread?.links.known === false
        ? `${at} could not be read: ${unread.links.why}`
        : `${at} has no address at which it could be asked`,
    why: undefined,
    fix: [],
    of: pair,
  };
  known.set(at, reason);
  const verdict = unread === undefined ? 'unreachable' : 'undecided';
  return { ...pair, verdict, reasons: [reason], knownBy: 'diagnosed' };
}
