/**
 * The journey of one packet through the capture points, a line a sighting.
 *
 * @module
 */

import type { AnalysedCapture } from '../../postmortem/capture-analysis.ts';
import type { SightingAt } from '../../postmortem/points/journey.ts';
import type { CapturePoint } from '../../postmortem/points/places.ts';
import { isoTime } from '../iso-time.ts';
import { durationText } from './points.ts';
import { paragraph, type Style } from './style.ts';

export function packetJourneyText(
  journey: readonly SightingAt[],
  points: readonly CapturePoint[],
  captures: readonly AnalysedCapture[],
  style: Style,
): string {
  if (journey.length === 0) return `${paragraph('packets of this kind cannot be matched', style, '? ', 2)}\n`;
  const [first] = journey;
  const seen = new Set(journey.map(({ point }) => point));
  const lines = journey.map((sighting, at) => sightingText(sighting, journey[at - 1], points, captures, style));
  const unseen = points.filter((_, point) => !seen.has(point)).map(({ name }) => name);
  const rest = unseen.length === 0 ? [] : [paragraph(unseen.join(', '), style, 'not seen at  ')];
  const head = paragraph(`${first?.protocol} ${first?.flow}, ${first?.lengthBytes} bytes`, style, 'Packet  ');
  return `${[head, ...lines, ...rest].join('\n')}\n`;
}

function sightingText(
  { point, frame, afterNs, flow, ttl, vlan, tunnel }: SightingAt,
  before: SightingAt | undefined,
  points: readonly CapturePoint[],
  captures: readonly AnalysedCapture[],
  style: Style,
): string {
  const time = before === undefined ? isoTime(frame.timestampNs).slice(11, -1) : `+${durationText(afterNs)}`;
  const changes = [
    before !== undefined && before.flow !== flow ? `now ${flow}` : undefined,
    before === undefined || before.ttl !== ttl ? `TTL ${ttl}` : undefined,
    vlan !== before?.vlan ? (vlan === undefined ? 'without VLAN' : `VLAN ${vlan}`) : undefined,
    tunnel !== before?.tunnel ? (tunnel === undefined ? 'out of the tunnel' : `in ${tunnel}`) : undefined,
  ].filter((change) => change !== undefined);
  const where = `${points[point]?.name}: ${captures[frame.capture]?.path} #${frame.number}`;
  return paragraph([where, time, ...changes].join(', '), style, '  ');
}
