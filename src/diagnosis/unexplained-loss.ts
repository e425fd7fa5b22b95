/**
 * The finding of last resort: the wire shows a loss that the model cannot explain. It says where, and what the model
 * does not cover there; it never guesses.
 *
 * @module
 */

import type { Finding } from '../faults/finding.ts';
import { findNetns, type Host, linksOf } from '../host/host.ts';
import type { NetnsName } from '../host/link.ts';
import { lastJourney } from '../journey/journey.ts';
import type { LastSeen, Observation } from '../journey/observation.ts';
import { type Agreement, heardText, lastSeenOf } from './compare.ts';
import type { Prediction } from './diagnosis.ts';
import { traceEvidence } from './trace-evidence.ts';

/** Say where the probe was lost against the prediction. */
export function unexplainedLoss(
  host: Host,
  prediction: Prediction,
  observation: Observation,
  agreement: Agreement,
): Finding {
  const last = lastSeenOf(observation);
  const { leg, netns, device, next } = placeOf(prediction, last, agreement);
  const kernel = traceEvidence(observation.kernel, { withLookups: true });
  const uncovered = [
    ...new Set([...undecidedBecause(prediction), ...overflowing(host, netns, prediction), ...notModelled(host, netns)]),
  ];
  return {
    code: 'unexplained-loss',
    title: 'A loss that the model cannot explain',
    netns,
    device,
    leg,
    what:
      last === undefined
        ? `the ${leg} never leaves ${netns}`
        : `the ${last.leg} is last seen at ${last.netns} ${last.device}${next}`,
    why: whyText(uncovered, assumedIn(prediction, netns), kernel.length > 0),
    evidence: [
      ...kernel,
      {
        witness: 'wire',
        command: observation.command,
        text: heardText(observation),
      },
    ],
    repairs: [],
  };
}

function whyText(uncovered: readonly string[], assumed: readonly string[], hasKernelTold: boolean): string {
  if (uncovered.length > 0) return `nsdiag does not model this there: ${uncovered.join('; ')}`;
  if (assumed.length > 0) return `Taken for granted there, which need not hold: ${assumed.join('; ')}`;
  const look = 'look at the counters (ip -s link, nft, nstat) and at the kernel drop reason (skb:kfree_skb)';
  return `Nothing that nsdiag models stops the packet there${hasKernelTold ? '' : `; ${look}`}`;
}

function placeOf(prediction: Prediction, last: LastSeen | undefined, agreement: Agreement) {
  if (agreement.kind === 'lost-earlier') {
    const { missing, leg } = agreement;
    const place = last?.leg === leg ? last : missing;
    const next = last === undefined || last.leg === leg ? 'and not' : `and no ${leg}`;
    return {
      leg,
      netns: place.netns,
      device: place.device,
      next: `, ${next} at ${missing.netns} ${missing.device}, where it should come next`,
    };
  }
  if (last !== undefined) return { ...last, next: '' };
  return { leg: 'request' as const, netns: prediction.question.netns, device: undefined, next: '' };
}

function undecidedBecause({ trip }: Prediction): readonly string[] {
  const { fate } = lastJourney(trip);
  return fate.kind === 'undecided' ? fate.because : [];
}

/** What the walk assumed of limits and the like in the namespace. */
function assumedIn({ trip: { request, reply } }: Prediction, name: NetnsName): readonly string[] {
  const steps = [...request.steps, ...(reply?.steps ?? [])].filter(({ netns }) => netns === name);
  const unsure = steps.flatMap((step) => (step.stage === 'netfilter' ? (step.unsure ?? []) : []));
  return [...new Set(unsure)].map((text) => text.replace(/^Assumed: /, ''));
}

/** A program that does not accept: its queue lets SYNs in again at any moment, so that no walk can count on it. */
function overflowing(host: Host, name: NetnsName, { question }: Prediction): readonly string[] {
  const sockets = findNetns(host, name)?.sockets;
  if (question.proto !== 'tcp' || sockets?.known !== true) return [];
  return sockets.value.flatMap(({ protocol, port, process, overflow }) =>
    protocol === 'tcp' && port === question.port && overflow !== undefined
      ? [
          `the queue of tcp port ${port}${process === undefined ? '' : `, of ${process},`} is full (${overflow.waiting} wait to be accepted, room for ${overflow.room}): new connections are dropped until the program accepts`,
        ]
      : [],
  );
}

/** What the model passes over in the namespace: named on the devices, and in the parts of the ruleset not read. */
function notModelled(host: Host, name: NetnsName): readonly string[] {
  const netns = findNetns(host, name);
  if (netns === undefined) return [];
  const links = linksOf(netns).flatMap((link) =>
    [...link.unmodelled, ...(link.interceptors ?? []).map(({ name }) => name)].map((what) => `${link.name}: ${what}`),
  );
  const ruleset = netns.ruleset.known ? netns.ruleset.value.unread.map(({ why }) => why) : [netns.ruleset.why];
  return [...links, ...ruleset];
}
