/**
 * Points that saw no packet of any other point, while somebody's packets stayed without an answer: they may all have died
 * in between, or never have been meant for that point. Nothing tells the two apart but a person, so it is a warning.
 *
 * @module
 */

import { NETWORK } from '../../wire/fields.ts';
import { counted } from '../counted.ts';
import type { Finding } from '../finding.ts';
import { SHOWN_FRAMES } from '../frame-words.ts';
import { flowText } from './flow-text.ts';
import { isLinkFlow } from './link-flow.ts';
import { frameOf } from './losses.ts';
import { lostTraffic } from './lost-traffic.ts';
import { KIND } from './packet-key.ts';
import type { Matching } from './passages.ts';
import type { CapturePoint, Part } from './places.ts';

/** Captures of many unrelated places are not compared. */
const MOST_POINTS = 4;

/** @param byNumber The points, as they were named. */
export function nothingArrived(
  matching: Matching,
  parts: readonly Part[],
  byNumber: readonly CapturePoint[],
): readonly Finding[] {
  if (byNumber.length > MOST_POINTS) return [];
  return byNumber.flatMap((point, to) => {
    const isMatched = matching.ways.pairs.some(({ a, b }) => a === to || b === to);
    const before = byNumber[to - 1];
    if (isMatched || before === undefined || isOneCapture(before, point) || !areAtOnce(before, point)) return [];
    const { records, count } = unanswered(matching, to - 1);
    const [first, ...others] = records;
    if (first === undefined) return [];
    const { flows } = matching.index.sightings;
    const flow = flows.flow(matching.index.flow(first));
    return [
      {
        code: 'lost-between',
        severity: 'warning',
        what: `Nothing that ${before.name} saw was seen at ${point.name}${point.packets === 0 ? ', which holds no packet' : ''}: ${counted(count, 'packet')}, the first from ${flowText(flow)}`,
        why: `No packet of ${point.name} is one of ${before.name}, translated or not, and these had no answer from whom they were for: either all die in between, or their way does not lead there`,
        frames: [frameOf(matching, parts, first), ...others.map((record) => frameOf(matching, parts, record))],
        count,
        likely: ['forwarding-off', 'firewall-drop', 'no-route', 'link-down'],
        confirm: 'nsdiag why, from where the packets come to where they go',
        cannotTell: `Whether the way leads by ${point.name}`,
        about: lostTraffic(flow),
      } satisfies Finding,
    ];
  });
}

/** Devices of one machine, all of them captured: nobody said that the way leads from one to the other. */
function isOneCapture(a: CapturePoint, b: CapturePoint): boolean {
  return a.files.some((file) => b.files.includes(file));
}

function areAtOnce(a: CapturePoint, b: CapturePoint): boolean {
  if (a.firstNs === undefined || a.lastNs === undefined) return false;
  // A capture without a packet has no time to compare.
  if (b.firstNs === undefined || b.lastNs === undefined) return true;
  return a.firstNs <= b.lastNs && b.firstNs <= a.lastNs;
}

/** Packets that could have gone on to another link, and of which no answer came. */
function unanswered(
  { index }: Matching,
  point: number,
): { readonly records: readonly number[]; readonly count: number } {
  const { sightings } = index;
  const { flows } = sightings;
  const isOpen = new Map<number, boolean>();
  const records: number[] = [];
  let count = 0;
  for (const record of index.recordsOf(point)) {
    const id = index.flow(record);
    if (id < 0) continue;
    let open = isOpen.get(id);
    if (open === undefined) {
      const flow = flows.flow(id);
      open = flow.network !== NETWORK.arp && !isLinkFlow(flow) && flows.reverseOf(id) === undefined;
      isOpen.set(id, open);
    }
    // An ICMP error is an answer itself.
    if (!open || sightings.kind(index.likeness(record)) === KIND.icmp) continue;
    count++;
    if (records.length < SHOWN_FRAMES) records.push(record);
  }
  return { records, count };
}
