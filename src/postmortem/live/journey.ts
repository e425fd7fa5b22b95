/**
 * The journey of one packet that was followed live, in words: what the view, the JSON and the tally are made of.
 *
 * @module
 */

import { decodePacket } from '../../wire/decode-packet.ts';
import { describePacket } from '../../wire/describe.ts';
import { LINK_TYPE } from '../../wire/link-type.ts';
import { tunnelText } from '../../wire/tunnels.ts';
import { flowText } from '../points/flow-text.ts';
import type { FollowedPacket } from './followed-packet.ts';

/** One device of one namespace, and which way a packet went there. */
export interface Place {
  readonly netns: string;
  readonly device: string;
  readonly direction: 'in' | 'out';
  /** The frame carried another MAC than the device's: a bridge port takes it all the same, a host drops it. */
  readonly isForOther: boolean;
}

export interface JourneyHop extends Place {
  /** The frame was flooded to a host that it is not for: beside the packet's way. */
  readonly isBeside: boolean;
  /** The hop that it came from, of all of the journey; `undefined`: it is the first one, or came from where nobody listens. */
  readonly from: number | undefined;
  /** Since the first sighting. */
  readonly afterNs: number;
  readonly ttl: number;
  /** What had become of it on the way here: `10.0.1.1:1 > 10.0.2.1:80 became 10.9.0.1:7 > 10.0.2.1:80`, `in VXLAN 42`. */
  readonly changes: readonly string[];
}

/** How it ended, as far as the places tell. */
export type LiveFate =
  /** At a device of whoever has the destination address; a firewall may still have dropped it behind that. */
  | { readonly kind: 'arrived' }
  /** It went on to where nobody listens: another machine, or a namespace that is not captured. */
  | { readonly kind: 'left'; readonly towards: string }
  /** To a group or to everybody: there is no one place to arrive at. */
  | { readonly kind: 'group' }
  /** Not seen any further. `where`: the next place on its way that was listened at, where that is known. */
  | {
      readonly kind: 'lost';
      readonly where: string | undefined;
      readonly isInPart: boolean;
      readonly afterMs: number;
      /** Where it is counted; `undefined`: there are too many kinds. */
      readonly group?: LostGroup | undefined;
    }
  /** It may have been seen, had nothing been lost by the capture itself. */
  | { readonly kind: 'unknown'; readonly why: string };

export interface LiveJourney {
  readonly timestampNs: bigint;
  /** `ICMP echo request 10.0.1.1 > 10.0.2.1`, as it was seen first. */
  readonly text: string;
  /** Of the whole frame that was seen first. */
  readonly lengthBytes: number;
  readonly hops: readonly JourneyHop[];
  /** Further sightings of a packet that goes in circles. */
  readonly moreHops: number;
  readonly fate: LiveFate;
}

/** How the points lie to one another. */
export interface Layout {
  /** Of a point: a frame that is seen there was for another host, and is beside the packet's way. */
  readonly isBeside: (point: number) => boolean;
  /** Of a packet that goes to all, the hop that a hop came from. */
  readonly branchedFrom: (points: readonly number[], hop: number) => number | undefined;
}

/** @param places By point. */
export function journeyOf(
  packet: FollowedPacket,
  places: readonly Place[],
  fate: LiveFate,
  { isBeside, branchedFrom }: Layout,
): LiveJourney {
  const { seconds, nanoseconds, points, timesNs, ttls, moreHops, firstNs } = packet;
  const bytes = packet.bytes.subarray(packet.start, packet.start + packet.capturedBytes);
  return {
    timestampNs: BigInt(seconds) * 1_000_000_000n + BigInt(nanoseconds),
    text: describePacket(decodePacket(bytes, LINK_TYPE.linuxSll2)),
    lengthBytes: packet.originalBytes,
    hops: points.flatMap((point, hop) => {
      const place = places[point];
      if (place === undefined) return [];
      return [
        {
          ...place,
          isBeside: isBeside(point),
          from: packet.isGroup ? branchedFrom(points, hop) : before(hop),
          afterNs: (timesNs[hop] ?? firstNs) - firstNs,
          ttl: ttls[hop] ?? 0,
          changes: changesAt(packet, hop),
        },
      ];
    }),
    moreHops,
    fate,
  };
}

/** One after the other. */
function before(hop: number): number | undefined {
  return hop === 0 ? undefined : hop - 1;
}

function changesAt({ changes = [], carriedBytes }: FollowedPacket, hop: number): readonly string[] {
  return changes.flatMap((change) => {
    if (change.hop !== hop) return [];
    switch (change.kind) {
      case 'rewritten':
        return [`${flowText(change.before)} became ${flowText(change.after)}`];
      case 'wrapped':
        return [`in ${tunnelText(change.tunnel) ?? 'a tunnel'} ${change.tunnelId}`];
      case 'unwrapped':
        return ['out of the tunnel'];
      case 'cut':
        return [`in other pieces, ${carriedBytes[hop] ?? 0} bytes`];
    }
    return [];
  });
}

/** What was lost, as one line of a list: packets of one kind that were last seen at one place. */
export interface LostGroup {
  readonly text: string;
  readonly lastSeen: string;
  readonly where: string | undefined;
  packets: number;
  /** Who refused one of them, and why: the ICMP error that was seen. */
  said?: string | undefined;
}

/** A hop of the table in the end, by name. */
export interface HopSummary {
  readonly from: string;
  /** `undefined`: further on, nobody knows where. */
  readonly to: string | undefined;
  readonly passed: number;
  readonly lost: number;
  readonly rewritten: number;
  readonly delay: { readonly leastNs: number; readonly medianNs: number; readonly mostNs: number } | undefined;
}
