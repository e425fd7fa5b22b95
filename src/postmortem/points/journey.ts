/**
 * The journey of one packet through the capture points: where it was seen, when, and what it looked like there.
 *
 * @module
 */

import { tunnelText } from '../../wire/tunnels.ts';
import type { Frame } from '../frame.ts';
import { flowText, protocolText } from './flow-text.ts';
import { frameOf } from './losses.ts';
import type { MatchedPoints } from './match-points.ts';
import { alignedNs, NOT_SEEN, passageOf } from './passages.ts';
import { LOOK } from './sighting-rows.ts';

/** The packet at one point. */
export interface SightingAt {
  /** Index of the point, in path order. */
  readonly point: number;
  readonly frame: Frame;
  /** Since the first sighting, by aligned clocks. */
  readonly afterNs: number;
  readonly flow: string;
  readonly protocol: string;
  readonly ttl: number;
  /** `undefined`: without. */
  readonly vlan: number | undefined;
  readonly tunnel: string | undefined;
  readonly lengthBytes: number;
}

/** In the order of time; `undefined`: the capture has no such packet. Empty: it is of a kind that cannot be matched. */
export function packetJourney(
  { matching, parts }: MatchedPoints,
  capture: number,
  number: number,
): readonly SightingAt[] | undefined {
  const { index, ways } = matching;
  const { sightings } = index;
  const record = parts
    .flatMap((part, at) => (part.capture === capture ? [index.recordOf(at, number)] : []))
    .find((found) => found !== undefined);
  if (record === undefined) return undefined;
  const passage = passageOf(matching, record);
  if (passage === undefined) return [];
  const records = [...passage].filter((each) => each !== NOT_SEEN);
  records.sort((a, b) => alignedNs(matching, a) - alignedNs(matching, b));
  const beginNs = alignedNs(matching, records[0] ?? record);
  return records.map((each) => {
    const flow = sightings.flows.flow(index.flow(each));
    const look = index.look(each);
    const vlan = ((look >>> LOOK.vlanAt) & LOOK.vlanMask) - 1;
    return {
      point: ways.order.indexOf(index.pointOf(each)),
      frame: frameOf(matching, parts, each),
      afterNs: alignedNs(matching, each) - beginNs,
      flow: flowText(flow),
      protocol: protocolText(flow.protocol),
      ttl: index.ttl(each),
      vlan: vlan < 0 ? undefined : vlan,
      tunnel: tunnelText(look & LOOK.tunnelMask),
      lengthBytes: sightings.lengthBytes(index.likeness(each)),
    };
  });
}
