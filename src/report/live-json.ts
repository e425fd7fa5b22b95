/**
 * What `nsdiag capture --json` streams, one document a line, schema `nsdiag.capture/1` (schemas/capture-1.schema.json).
 *
 * Keys are only ever added within a version. `null` is what does not apply or is not known; nothing is left out.
 *
 * @module
 */

import type { Answer } from '../inquest/inquest.ts';
import type { HopSummary, LiveFate, LiveJourney, LostGroup } from '../postmortem/live/journey.ts';
import { answerDocument } from './inquest-json.ts';
import { isoTime } from './iso-time.ts';

const SCHEMA = 'nsdiag.capture/1';

export function journeyDocument({ timestampNs, text, lengthBytes, hops, moreHops, fate }: LiveJourney) {
  return {
    schema: SCHEMA,
    kind: 'journey',
    time: isoTime(timestampNs),
    text,
    lengthBytes,
    hops: hops.map(({ netns, device, direction, isForOther, afterNs, ttl, changes }) => ({
      netns,
      device,
      direction,
      forOtherMac: isForOther,
      afterUs: Math.round(afterNs) / 1000,
      ttl,
      changes,
    })),
    moreHops,
    fate: fateDocument(fate),
  };
}

function fateDocument(fate: LiveFate) {
  return {
    kind: fate.kind,
    where: fate.kind === 'lost' ? (fate.where ?? null) : fate.kind === 'left' ? fate.towards : null,
    inPart: fate.kind === 'lost' && fate.isInPart,
    why: fate.kind === 'unknown' ? fate.why : null,
  };
}

/** Packets that no line was written for. */
export function moreDocument(packets: number, lost: number) {
  return { schema: SCHEMA, kind: 'more', packets, lost };
}

/** Something happened to the capture itself. */
export function noticeDocument(text: string, timestampNs: bigint) {
  return { schema: SCHEMA, kind: 'notice', time: isoTime(timestampNs), text };
}

/** Why there was no capture. */
export function captureErrorDocument(message: string, hint: string | undefined) {
  return { schema: SCHEMA, kind: 'error', message, hint: hint ?? null };
}

/** What is said in the end. */
export interface LiveSummary {
  readonly verdict: 'arrived' | 'lost' | 'undecided';
  readonly summary: string;
  readonly packets: number;
  readonly sightings: number;
  readonly fates: Readonly<Record<LiveFate['kind'], number>>;
  readonly hops: readonly HopSummary[];
  readonly lost: readonly (LostGroup & { readonly answer: Answer | undefined })[];
  readonly unanswered: readonly (LostGroup & { readonly answer: Answer | undefined })[];
  readonly namespaces: readonly NetnsSummary[];
  /** `split`: the classic files beside it. */
  readonly file:
    | { readonly path: string; readonly packets: number; readonly late: number; readonly split: readonly string[] }
    | undefined;
  readonly notes: readonly string[];
}

/** What was captured in a namespace; `undefined`: tcpdump did not say. */
export interface NetnsSummary {
  readonly name: string;
  readonly captured: number | undefined;
  readonly dropped: number | undefined;
}

export function summaryDocument(summary: LiveSummary) {
  const { verdict, packets, sightings, fates, hops, namespaces, file, notes } = summary;
  const group = ({ text, lastSeen, where, packets: count, said, answer }: LiveSummary['lost'][number]) => ({
    text,
    packets: count,
    lastSeen,
    where: where ?? null,
    said: said ?? null,
    model: answerDocument(answer),
  });
  return {
    schema: SCHEMA,
    kind: 'summary',
    verdict,
    summary: summary.summary,
    packets,
    sightings,
    fates,
    hops: hops.map(({ from, to, passed, lost, rewritten, delay }) => ({
      from,
      to: to ?? null,
      passed,
      lost,
      rewritten,
      delayUs:
        delay === undefined
          ? null
          : { least: delay.leastNs / 1000, median: delay.medianNs / 1000, most: delay.mostNs / 1000 },
    })),
    lost: summary.lost.map(group),
    unanswered: summary.unanswered.map(group),
    namespaces: namespaces.map(({ name, captured, dropped }) => ({
      name,
      captured: captured ?? null,
      dropped: dropped ?? null,
    })),
    file: file ?? null,
    notes,
  };
}
