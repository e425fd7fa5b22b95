/**
 * Several capture points, as `nsdiag analyze --json` has them: `points`, `hops`, `losses`, `translations`.
 *
 * @module
 */

import type { AnalysedCapture } from '../postmortem/capture-analysis.ts';
import type { Frame } from '../postmortem/frame.ts';
import type { SightingAt } from '../postmortem/points/journey.ts';
import type { CapturePoint } from '../postmortem/points/places.ts';
import type { PointsAnalysis } from '../postmortem/points/points-analysis.ts';
import { isoTime } from './iso-time.ts';

/** Empty lists where everything was captured at one place. */
export function pointsDocument(analysis: PointsAnalysis | undefined, captures: readonly AnalysedCapture[]) {
  if (analysis === undefined) return { points: [], hops: [], losses: [], translations: [] };
  const { points, hops, losses, rewritings, clocks } = analysis;
  const nameOf = (point: number) => points[point]?.name ?? null;
  const frame = ({ capture, number, timestampNs }: Frame) => ({
    file: captures[capture]?.path ?? null,
    number,
    time: isoTime(timestampNs),
  });
  return {
    points: points.map(({ name, files, packets, dropped }, at) => ({
      name,
      file: files[0] ?? null,
      files,
      packets,
      dropped: dropped ?? null,
      clockAheadNs: Math.round(clocks[at]?.aheadNs ?? 0),
      clockDriftPpm: Number((clocks[at]?.driftPpm ?? 0).toFixed(3)),
      clockFrom: clocks[at]?.by ?? 'unknown',
    })),
    hops: hops.map(({ from, to, seen, passed, lost, unknown, duplicated, reordered, delay }) => ({
      after: nameOf(from),
      before: nameOf(to),
      ...{ seen, passed, lost, unknown, duplicated, reordered },
      delayNs:
        delay === undefined
          ? null
          : {
              least: Math.round(delay.leastNs),
              median: Math.round(delay.medianNs),
              most: Math.round(delay.mostNs),
            },
    })),
    losses: losses.map(({ from, to, packets, ofPackets, common, first, last }) => ({
      after: nameOf(from),
      before: nameOf(to),
      packets,
      ofPackets,
      common: common ?? null,
      first: frame(first),
      last: frame(last),
    })),
    translations: Array.from(rewritings, ({ from, to, before, after, packets }) => ({
      after: nameOf(from),
      before: nameOf(to),
      flow: before,
      becomes: after,
      packets,
    })),
  };
}

/** The journey of one packet: schema `nsdiag.packet/1`. */
export function packetDocument(
  journey: readonly SightingAt[],
  points: readonly CapturePoint[],
  captures: readonly AnalysedCapture[],
) {
  return {
    schema: 'nsdiag.packet/1',
    sightings: journey.map(({ point, frame, afterNs, flow, protocol, ttl, vlan, tunnel, lengthBytes }) => ({
      point: points[point]?.name ?? null,
      file: captures[frame.capture]?.path ?? null,
      number: frame.number,
      time: isoTime(frame.timestampNs),
      afterNs: Math.round(afterNs),
      protocol,
      flow,
      ttl,
      vlan: vlan ?? null,
      tunnel: tunnel ?? null,
      bytes: lengthBytes,
    })),
  };
}
