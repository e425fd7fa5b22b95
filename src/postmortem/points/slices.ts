/**
 * Which parts are slices of one capture (`tcpdump -C`, `-G`, `dumpcap -b`), and so one point.
 *
 * Slices follow one another: no two overlap in time, link type and interface name are the same, and hardly a packet of
 * one is in another. Two points whose clocks are far apart do not overlap either, but have packets in common.
 *
 * @module
 */

import type { Part } from './places.ts';
import type { SightingIndex } from './sighting-index.ts';

/** More than so many percent of packets in common are no chance. */
const CHANCE_SHARE = 0.02;

/** @returns By part: its point, the points in the order of their first parts. */
export function pointsOfParts(index: SightingIndex, parts: readonly Part[]): readonly number[] {
  const common = commonPackets(index);
  const spans = parts.map((_, part) => spanOf(index, part));
  const series = parts.map(({ file }) => withoutDigits(file));
  const points: number[][] = [];
  const byTime = parts
    .map((_, part) => part)
    .sort((a, b) => (spans[a]?.firstNs ?? 0) - (spans[b]?.firstNs ?? 0) || a - b);
  for (const part of byTime) {
    const point = points.find((members) => members.every((member) => areSlices(member, part)));
    if (point === undefined) points.push([part]);
    else point.push(part);
  }
  points.sort((a, b) => Math.min(...a) - Math.min(...b));
  return parts.map((_, part) => points.findIndex((members) => members.includes(part)));

  function areSlices(earlier: number, later: number): boolean {
    const [a, b, before, after] = [parts[earlier], parts[later], spans[earlier], spans[later]];
    if (a === undefined || b === undefined || before === undefined || after === undefined) return false;
    if (a.capture === b.capture || a.linkType !== b.linkType || a.interfaceName !== b.interfaceName) return false;
    if (series[earlier] !== series[later] || after.firstNs < before.lastNs) return false;
    const both = common.get(Math.min(earlier, later) * parts.length + Math.max(earlier, later)) ?? 0;
    return both <= CHANCE_SHARE * Math.min(before.packets, after.packets);
  }
}

/** What is the same of all files of a series: `a.pcap`, `a.pcap1`; `a_00001_20261122.pcapng`. */
function withoutDigits(file: string): string {
  return file.replace(/\d+/g, '');
}

function spanOf(index: SightingIndex, part: number) {
  const records = index.sightings.points[part];
  if (records === undefined || records.length === 0) return undefined;
  return { firstNs: records.timeNs(0), lastNs: records.timeNs(records.length - 1), packets: records.length };
}

/** By the two parts, the lower first: how many likenesses both have. */
function commonPackets(index: SightingIndex): ReadonlyMap<number, number> {
  const { records, sightings } = index;
  const parts = sightings.points.length;
  const common = new Map<number, number>();
  for (let likeness = 0; likeness < sightings.count; likeness++) {
    const end = index.startOf(likeness + 1);
    for (let at = index.startOf(likeness) + 1; at < end; at++) {
      const a = index.partOf(records[at - 1] ?? 0);
      const b = index.partOf(records[at] ?? 0);
      if (a !== b) common.set(a * parts + b, (common.get(a * parts + b) ?? 0) + 1);
    }
  }
  return common;
}
