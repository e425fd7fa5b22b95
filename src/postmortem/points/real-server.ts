/**
 * Questions without an answer that a DNAT on the way (a load balancer, a published port) sent to somebody else than who
 * was asked: for whom they were where they were seen last. Of several servers behind one address, that is the one that is dead.
 *
 * It knows of the frames that the finding shows, not of all that it counts.
 *
 * @module
 */

import type { Finding } from '../finding.ts';
import type { DirectedFlow } from './flow-ids.ts';
import { destinationText, hasPorts } from './flow-text.ts';
import { followAll } from './followed.ts';
import type { MatchedPoints } from './match-points.ts';
import { nameOf } from './placed.ts';

/** @returns The finding as it was, where nothing was translated. */
export function withRealServer(matched: MatchedPoints, finding: Finding): Finding {
  const { flows } = matched.matching.index.sightings;
  const places = new Set<number>();
  const servers = new Set<string>();
  for (const { seen, flowAsked, flowArrived } of followAll(matched, finding)) {
    const place = seen.at(-1);
    const server = serverText(flows.flow(flowArrived));
    if (place === undefined || server === serverText(flows.flow(flowAsked))) return finding;
    places.add(place);
    servers.add(server);
  }
  const [place] = places;
  if (places.size !== 1 || servers.size === 0) return finding;
  return {
    ...finding,
    what: `${finding.what}; at ${nameOf(matched, place)} sent to ${[...servers].join(' and ')}`,
    likely: finding.likely.includes('dnat-wrong') ? finding.likely : [...finding.likely, 'dnat-wrong'],
  };
}

function serverText(flow: DirectedFlow): string {
  return hasPorts(flow) ? `${destinationText(flow)} port ${flow.destPort}` : destinationText(flow);
}
