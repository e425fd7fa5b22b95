/**
 * What else happened between capture points, as findings: translated, late, copied, overtaken.
 *
 * @module
 */

import { counted } from '../counted.ts';
import type { Finding } from '../finding.ts';
import { type FoundBetween, framesOf, nameOf } from './found-between.ts';
import type { Hop } from './hops.ts';
import { doubtFinding } from './loss-findings.ts';
import { frameOf } from './losses.ts';
import type { Matching } from './passages.ts';
import type { Rewriting } from './points-analysis.ts';

/** No queue of a healthy host is that long. */
const LATE_NS = 100_000_000;
/** A packet that takes so many times as long as most is late. */
const LATE_TIMES = 20;
/** More than so many are not chance. */
const MANY_SHARE = 0.01;

/** But those of sure losses, see lossFindings(). */
export function findingsOf(found: FoundBetween): readonly Finding[] {
  const { hops, settled } = found;
  const all = [...hops.all.values()];
  return [
    ...[...settled.doubted].map(([hop, doubts]) => doubtFinding(found, hop, doubts)),
    ...rewrittenFindings(found),
    ...all.flatMap((hop) => delayedFinding(found, hop)),
    ...all.flatMap((hop) => duplicatedFinding(found, hop)),
    ...all.flatMap((hop) => reorderedFinding(found, hop)),
  ];
}

/** One a pair of points. */
function rewrittenFindings(found: FoundBetween): readonly Finding[] {
  const { matching, parts, rewritings } = found;
  const { index, ways } = matching;
  const byPair = new Map<string, { readonly first: Rewriting; flows: number; packets: number }>();
  for (const rewriting of rewritings) {
    const key = `${rewriting.from} ${rewriting.to}`;
    const known = byPair.get(key);
    if (known === undefined) byPair.set(key, { first: rewriting, flows: 1, packets: rewriting.packets });
    else {
      known.flows++;
      known.packets += rewriting.packets;
    }
  }
  return [...byPair.values()].flatMap(({ first, flows, packets }) => {
    const { translation } = first;
    const fromPoint = ways.order[first.from] ?? 0;
    const flow = translation.fromPoint === fromPoint ? translation.from : translation.to;
    for (const record of index.recordsOf(fromPoint)) {
      if (index.flow(record) !== flow) continue;
      const [before, after] = [nameOf(found, fromPoint), nameOf(found, ways.order[first.to] ?? 0)];
      const more = flows > 1 ? `, and ${counted(flows - 1, 'flow')} more` : '';
      return [
        {
          code: 'rewritten-between',
          severity: 'note',
          what: `Addresses or ports are translated between ${before} and ${after}: ${first.before} is ${first.after}${more}`,
          why: 'Packets that are the same in everything that NAT leaves alone have other addresses or ports at the other point',
          frames: [frameOf(matching, parts, record)],
          count: packets,
          likely: [],
          confirm: undefined,
          cannotTell: undefined,
        } satisfies Finding,
      ];
    }
    return [];
  });
}

function delayedFinding(found: FoundBetween, hop: Hop): readonly Finding[] {
  const medianNs = hop.medianDelayNs();
  if (medianNs === undefined || !hasComparableClocks(found.matching, hop)) return [];
  const limitNs = Math.max(LATE_NS, medianNs * LATE_TIMES);
  const isSlow = medianNs > LATE_NS;
  if (hop.mostDelayNs <= limitNs && !isSlow) return [];
  const share = isSlow ? 1 : hop.shareSlowerThan(limitNs);
  const [from, to] = [nameOf(found, hop.from), nameOf(found, hop.to)];
  const numbers = `half of the packets take less than ${msText(medianNs)}, the slowest ${msText(hop.mostDelayNs)}`;
  return [
    {
      code: 'delayed-between',
      severity: share >= MANY_SHARE ? 'warning' : 'note',
      what: `Packets are late between ${from} and ${to}: ${numbers}`,
      why: 'They wait in a queue, for an address to be resolved, or for a program that forwards them',
      frames: framesOf(found, [hop.slowestRecord]),
      count: Math.max(1, Math.round(share * hop.passed)),
      likely: [],
      confirm: 'tc -s qdisc show, and ip -s neigh, on the way between the two',
      cannotTell: undefined,
    },
  ];
}

function hasComparableClocks({ ways }: Matching, { from, to }: Hop): boolean {
  const [a, b] = from < to ? [from, to] : [to, from];
  return ways.pairs.find((pair) => pair.a === a && pair.b === b)?.clock !== 'single';
}

function duplicatedFinding(found: FoundBetween, hop: Hop): readonly Finding[] {
  if (hop.duplicated === 0) return [];
  const [from, to] = [nameOf(found, hop.from), nameOf(found, hop.to)];
  const own = found.settled.duplicates.filter((each) => each.from === hop.from && each.to === hop.to);
  return [
    {
      code: 'duplicated-between',
      severity: 'warning',
      what: `${counted(hop.duplicated, 'packet')} came to ${to} more often than ${from} saw ${hop.duplicated === 1 ? 'it' : 'them'}`,
      why: 'Something between the two sends copies: two ways at once, a mirror, or a flood to two ports that lead there',
      frames: framesOf(
        found,
        own.map(({ record }) => record),
      ),
      count: hop.duplicated,
      likely: ['duplicate-mac'],
      confirm: undefined,
      cannotTell: `Whether ${from} missed some: packets that are alike in everything count as copies`,
    },
  ];
}

function reorderedFinding(found: FoundBetween, hop: Hop): readonly Finding[] {
  if (hop.reordered === 0) return [];
  const [from, to] = [nameOf(found, hop.from), nameOf(found, hop.to)];
  return [
    {
      code: 'reordered-between',
      severity: hop.reordered / Math.max(1, hop.passed) >= MANY_SHARE ? 'warning' : 'note',
      what: `${counted(hop.reordered, 'packet')} of ${hop.passed} were overtaken between ${from} and ${to}`,
      why: 'They left in one order and arrived in another: several queues, several ways, or several CPUs',
      frames: framesOf(found, hop.reorderedRecords),
      count: hop.reordered,
      likely: [],
      confirm: undefined,
      cannotTell: 'Whether the capture itself wrote them down in another order, as it may with several CPUs',
    },
  ];
}

function msText(ns: number): string {
  return `${(ns / 1e6).toFixed(ns < 1e6 ? 3 : 1)} ms`;
}
