/**
 * How a followed packet ended, as far as the places that were listened at can tell.
 *
 * Lost is only what had to be seen elsewhere: at the other end of a wire that is listened at, or further on from within a
 * namespace that is. Limit: a firewall that drops at INPUT does so behind the last place that tcpdump sees; that shows
 * only in an answer that does not come.
 *
 * @module
 */

import { directionOf } from '../../diagnosis/hops.ts';
import type { Step } from '../../journey/step.ts';
import type { FollowedPacket } from '../../postmortem/live/followed-packet.ts';
import type { LiveFate } from '../../postmortem/live/journey.ts';
import type { Traffic } from '../../postmortem/traffic.ts';
import { mayNotKnowTranslated } from './filter-limits.ts';
import type { Places } from './places.ts';
import type { Ways } from './ways.ts';

export interface FateOptions {
  readonly places: Places;
  readonly ways: Ways;
  /** Packets that look otherwise behind a translation may not be let through by it. */
  readonly filter: string;
  /** A packet came in, and went no further: the namespace may have got its address since it was read. */
  readonly onDoubt: () => void;
  /** How long it was waited for. */
  readonly afterMs: number;
  /** Why a packet may have been missed in that namespace at that time: a clause. */
  readonly whyMissed: (netns: string) => string | undefined;
}

export interface Ended {
  readonly fate: LiveFate;
  /** The last place on its way; -1 where there is none. */
  readonly lastPoint: number;
}

/** @param traffic What the model may be asked about; `undefined`: nothing. */
export function fateOf(packet: FollowedPacket, traffic: Traffic | undefined, options: FateOptions): Ended {
  const { places } = options;
  const lastPoint = packet.points.findLast((point) => !places.isBeside(point)) ?? packet.points.at(-1) ?? -1;
  return { fate: fate(packet, lastPoint, traffic, options), lastPoint };
}

function fate(packet: FollowedPacket, lastPoint: number, traffic: Traffic | undefined, options: FateOptions): LiveFate {
  const { places, filter, whyMissed } = options;
  const last = places.all[lastPoint];
  if (packet.isGroup) return { kind: 'group' };
  if (last === undefined) return { kind: 'unknown', why: 'it was seen nowhere on its way' };
  const isInPart = packet.isPartlyLost;
  const { afterMs } = options;
  if (packet.hasArrived && !isInPart) return { kind: 'arrived' };
  if (last.direction === 'out') {
    const wire = places.wireOf(lastPoint);
    if (wire.kind === 'outside' && !isInPart) return { kind: 'left', towards: wire.towards };
    if (wire.kind === 'place') {
      const { netns, device } = wire.place;
      const why = whyMissed(netns);
      if (why !== undefined) return { kind: 'unknown', why };
      return { kind: 'lost', where: `${netns}:${device}`, isInPart, afterMs };
    }
  } else if (!places.isWholeNetns(last.netns)) {
    return { kind: 'left', towards: `the rest of ${last.netns}` };
  }
  const why = whyMissed(last.netns);
  if (why !== undefined) return { kind: 'unknown', why };
  const ahead = traffic === undefined ? [] : stepsBehind(options.ways.stepsOf(traffic), last);
  const stages = new Set(ahead.map(({ stage }) => stage));
  if ((stages.has('nat') && mayNotKnowTranslated(filter)) || (stages.has('encapsulate') && filter !== '')) {
    return { kind: 'unknown', why: `it is translated in ${last.netns}, and the filter may not know it behind that` };
  }
  if (last.direction === 'in') options.onDoubt();
  const next = ahead.find((step) => {
    const { netns, device } = step;
    return directionOf(step) !== undefined && device !== undefined && places.isListened(netns, device);
  });
  return { kind: 'lost', where: next && `${next.netns}:${next.device}`, isInPart, afterMs };
}

/** What the model expects behind the place; nothing, where the packet went another way. */
function stepsBehind(
  steps: readonly Step[],
  place: { readonly netns: string; readonly device: string; readonly direction: 'in' | 'out' },
): readonly Step[] {
  const at = steps.findIndex(
    (step) => step.netns === place.netns && step.device === place.device && directionOf(step) === place.direction,
  );
  return at < 0 ? [] : steps.slice(at + 1);
}
