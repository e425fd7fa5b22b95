/**
 * duplicate-address, as no capture shows it alone: one ARP request, seen at two points, had an answer at each, and not
 * the same one. Beside each of the two owners only its own answer passes.
 *
 * That it was one request is told by its sender's MAC, and by the time: a router that stands in for an address (proxy
 * ARP) asks for itself where the owner is. A point that saw both answers tells by itself (observers/duplicate-address.ts).
 * Neighbour discovery is not looked at.
 *
 * Source: RFC 826; RFC 5227. Seen in test/live/analyze-both-sides.test.ts.
 *
 * @module
 */

import type { Finding } from '../finding.ts';
import { destinationText, sourceText } from './flow-text.ts';
import { frameOf } from './losses.ts';
import { KIND } from './packet-key.ts';
import { alignedNs, type Matching } from './passages.ts';
import type { CapturePoint, Part } from './places.ts';

const ARP_OPERATION = { request: 1, reply: 2 } as const;
/** Both owners answer at once; the same request needs no longer from one point to the other. */
const AT_ONCE_NS = 100_000_000;
/** Of one MAC, and of one question: the first ones show it. */
const MOST_ANSWERS = 64;

/** Of one asker and one address. */
interface Question {
  readonly requests: number[];
  /** One likeness for each MAC that answered. */
  readonly replies: number[];
}

interface Answer {
  readonly record: number;
  readonly point: number;
}

/** @param byNumber The points, as they were named. */
export function twoOwners(
  matching: Matching,
  parts: readonly Part[],
  byNumber: readonly CapturePoint[],
): readonly Finding[] {
  return [...questionsOf(matching)].flatMap(([, question]) => {
    const found = question.replies.length < 2 ? undefined : rivalsIn(matching, question);
    if (found === undefined) return [];
    const [one, other] = found;
    const flow = matching.index.sightings.flows.flow(matching.index.flow(one.record));
    const [address, asker] = [sourceText(flow), destinationText(flow)];
    const [here, there] = [one, other].map(({ point }) => byNumber[point]?.name ?? '');
    return [
      {
        code: 'duplicate-address',
        severity: 'error',
        what: `Two own ${address}: ${asker} asked for it by ARP, and the answer at ${here} is of another MAC than the answer at ${there}`,
        why: 'Whoever talks to the address reaches the one that answered last: connections break and come back by chance',
        frames: [frameOf(matching, parts, one.record), frameOf(matching, parts, other.record)],
        count: 2,
        likely: ['duplicate-address', 'neighbor-wrong'],
        confirm: `arping -D -I DEVICE ${address}, and ip -br address on whatever has the two MACs (tcpdump -e shows them)`,
        cannotTell: 'Whether both are one machine with two interfaces on this segment (set arp_ignore=1 there)',
        subject: address,
      } satisfies Finding,
    ];
  });
}

/** By the flow of the answers. */
function questionsOf({ index }: Matching): ReadonlyMap<number, Question> {
  const { sightings, records } = index;
  const questions = new Map<number, Question>();
  for (let likeness = 0; likeness < sightings.count; likeness++) {
    if (sightings.kind(likeness) !== KIND.arp) continue;
    const flow = index.flow(records[index.startOf(likeness)] ?? 0);
    const operation = sightings.flags(likeness);
    const answers = operation === ARP_OPERATION.reply ? flow : sightings.flows.reverseOf(flow);
    if (answers === undefined || (operation !== ARP_OPERATION.reply && operation !== ARP_OPERATION.request)) continue;
    const known = questions.get(answers) ?? { requests: [], replies: [] };
    questions.set(answers, known);
    (operation === ARP_OPERATION.reply ? known.replies : known.requests).push(likeness);
  }
  return questions;
}

/** Two answers of different MACs, at two points, to one request. */
function rivalsIn(matching: Matching, { requests, replies }: Question): readonly [Answer, Answer] | undefined {
  const answers = replies.map((likeness) => answersOf(matching, likeness));
  for (const [at, ones] of answers.entries()) {
    for (const one of ones) {
      for (const other of answers.slice(at + 1).flat()) {
        const isApart = one.point !== other.point && Math.abs(timeBetween(matching, one, other)) <= AT_ONCE_NS;
        if (isApart && requests.some((request) => isOneRequest(matching, request, one, other))) return [one, other];
      }
    }
  }
  return undefined;
}

function answersOf({ index }: Matching, likeness: number): readonly Answer[] {
  const from = index.startOf(likeness);
  const records = index.records.subarray(from, Math.min(index.startOf(likeness + 1), from + MOST_ANSWERS));
  return Array.from(records, (record) => ({ record, point: index.pointOf(record) }));
}

/** It was seen at both points just before the answer. */
function isOneRequest(matching: Matching, request: number, one: Answer, other: Answer): boolean {
  const sights = answersOf(matching, request);
  const before = (answer: Answer) =>
    sights.filter((sight) => {
      const waited = timeBetween(matching, sight, answer);
      return sight.point === answer.point && waited >= 0 && waited <= AT_ONCE_NS;
    });
  return before(one).some((here) =>
    before(other).some((there) => Math.abs(timeBetween(matching, here, there)) <= AT_ONCE_NS),
  );
}

function timeBetween(matching: Matching, from: Answer, to: Answer): number {
  return alignedNs(matching, to.record) - alignedNs(matching, from.record);
}
