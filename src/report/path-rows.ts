/**
 * The rows of the path table: what the model predicts, with what the wire showed of it, and behind it what the wire
 * showed besides.
 *
 * One row for each place that tcpdump can see and for each change of the packet; the lookups between them (`--json`
 * has them all) show in the row that they lead to. Times count from the first packet that was seen anywhere.
 *
 * @module
 */

import type { Diagnosis, Hop } from '../diagnosis/diagnosis.ts';
import { directionOf, isPacket } from '../diagnosis/hops.ts';
import { ruleRefText, stepText } from '../diagnosis/step-text.ts';
import type { Journey, Leg } from '../journey/journey.ts';
import type { Sighting } from '../journey/observation.ts';
import { endpointText, packetText } from '../journey/packet-text.ts';
import type { Step } from '../journey/step.ts';
import { fateText } from './drop-text.ts';

/** One line of the table, unescaped. */
export interface PathRow {
  readonly leg: Leg;
  readonly netns: string;
  readonly device: string | undefined;
  readonly what: string;
  /** `undefined`: nobody listened there, or there is nothing to be seen. */
  readonly wire: { readonly seen: boolean; readonly afterNs: bigint | undefined } | undefined;
  /** The model lets the packet die here. */
  readonly isDeath: boolean;
}

/** Both legs, up to where the wire lost the packet: what comes after would be a tale. */
export function pathRows({ trip, hops, wire }: Diagnosis): readonly PathRow[] {
  const sightings = wire?.observation.sightings.filter(isPacket) ?? [];
  const surprise = 'which the model did not expect';
  // The model ends with the refusal of the request; what it sends back is seen all the same.
  const reply = wire?.observation.refused ? 'with the refusal' : surprise;
  return cutAfterLoss([
    ...predictedRows(trip.request, hops.request),
    ...unpredictedRows('request', trip.request.steps, sightings, surprise),
    ...(trip.reply === undefined ? [] : predictedRows(trip.reply, hops.reply)),
    ...unpredictedRows('reply', trip.reply?.steps ?? [], sightings, reply),
  ]);
}

function predictedRows({ leg, steps, fate }: Journey, hops: readonly Hop[]): readonly PathRow[] {
  const rows: PathRow[] = [];
  // The n-th step that tcpdump can see is the n-th such hop: `hopsOf` leaves none of them out.
  const visible = hops.filter(({ stage }) => stage === 'egress' || stage === 'ingress').values();
  let route: RouteStep | undefined;
  for (const step of steps) {
    if (step.stage === 'route') route = step;
    const hop = directionOf(step) === undefined ? undefined : visible.next().value;
    const what = whatText(step, route);
    if (what === undefined) continue;
    const wire = hop?.seen === undefined ? undefined : { seen: hop.seen, afterNs: hop.afterNs };
    rows.push({ leg, netns: step.netns, device: step.device, what, wire, isDeath: false });
  }
  const what = fateText(fate);
  if (what === undefined) return rows;
  const device = fate.kind === 'dropped' || fate.kind === 'left-host' ? fate.device : undefined;
  return [...rows, { leg, netns: fate.netns, device, what, wire: undefined, isDeath: fate.kind === 'dropped' }];
}

type RouteStep = Extract<Step, { stage: 'route' }>;

/** `undefined`: no row of its own. */
function whatText(step: Step, route: RouteStep | undefined): string | undefined {
  switch (step.stage) {
    case 'send':
      return `sends ${packetText(step.packet)}`;
    case 'egress': {
      const via = route?.netns === step.netns && route.device === step.device ? route.nexthop?.via : undefined;
      return via === undefined ? 'out' : `out, towards ${via}`;
    }
    case 'ingress':
      return 'in';
    case 'nat':
      return natText(step);
    case 'bridge':
    case 'encapsulate':
    case 'decapsulate':
    case 'deliver':
      return stepText(step);
    case 'route':
    case 'rp-filter':
    case 'forward-gate':
    case 'netfilter':
    case 'neighbor':
      return undefined;
  }
}

/** Only what changed: the packet stands in the first row of the leg. */
function natText({ before, after, rule }: Extract<Step, { stage: 'nat' }>): string {
  const sides = (['source', 'destination'] as const).flatMap((side) => {
    const [from, to] = [endpointText(before, side), endpointText(after, side)];
    return from === to ? [] : [`${side} becomes ${to}`];
  });
  return `${sides.join(', ') || 'stays as it is'}, by ${rule === undefined ? 'conntrack' : ruleRefText(rule)}`;
}

/** Where a packet was seen and the model has no step: each place once, as it was passed first. */
function unpredictedRows(
  leg: Leg,
  steps: readonly Step[],
  sightings: readonly Sighting[],
  comment: string,
): readonly PathRow[] {
  const [first] = sightings;
  const known = new Set(steps.map((step) => placeKey(step.netns, step.device, directionOf(step))));
  return sightings.flatMap((seen) => {
    const key = placeKey(seen.netns, seen.device, seen.direction);
    if (seen.leg !== leg || first === undefined || known.has(key)) return [];
    known.add(key);
    const wire = { seen: true, afterNs: seen.timestampNs - first.timestampNs };
    const { netns, device, direction } = seen;
    return [{ leg, netns, device, what: `${direction}, ${comment}`, wire, isDeath: false }];
  });
}

function placeKey(netns: string, device: string | undefined, direction: string | undefined): string {
  return JSON.stringify([netns, device, direction]);
}

/** Keeps the first place behind the last sighting at which the packet was missed, and no row that follows. */
function cutAfterLoss(rows: readonly PathRow[]): readonly PathRow[] {
  const last = rows.findLastIndex(({ wire }) => wire?.seen === true);
  const missed = rows.findIndex(({ wire }, index) => index > last && wire?.seen === false);
  const end = rows[missed];
  if (end === undefined || missed === rows.length - 1) return rows;
  const what = 'the model expects it to go on from here';
  return [...rows.slice(0, missed + 1), { ...end, netns: '', device: undefined, what, wire: undefined }];
}
