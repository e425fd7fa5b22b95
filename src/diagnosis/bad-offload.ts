/**
 * The finding `bad-offload`: a checksum that the sender left open, and that nobody has finished when it is checked.
 *
 * Only witnesses can tell, because what breaks it is no part of the model: a program that copies frames from one device
 * to another (a userspace switch, DPDK, AF_PACKET), or a card that does not do what its driver says. An open checksum
 * between two veths is healthy; so it is blamed only where the kernel says that the checksum was why it dropped the
 * packet, and the wire shows that it was open when it came.
 *
 * Source: net/core/dev.c validate_xmit_skb(), net/ipv4/tcp_ipv4.c tcp_v4_rcv(), net/netfilter/utils.c nf_checksum().
 * Seen in test/live/bad-offload.test.ts.
 *
 * @module
 */

import type { Evidence, Finding } from '../faults/finding.ts';
import { inNetns } from '../host/commands-enter.ts';
import type { Repair } from '../host/edit.ts';
import { findLink, findNetns, type Host, sameDevice } from '../host/host.ts';
import type { DeviceRef } from '../host/link.ts';
import type { KernelEvent, KernelTrace } from '../journey/kernel-trace.ts';
import type { Observation, Sighting } from '../journey/observation.ts';
import { heardText, lastSeenOf } from './compare.ts';
import type { Cause } from './diagnosis.ts';
import { fixOf } from './fix.ts';
import { isPacket } from './hops.ts';
import { traceEvidence } from './trace-evidence.ts';

const CHECKSUM_REASONS: readonly (string | undefined)[] = ['TCP_CSUM', 'UDP_CSUM', 'SKB_CSUM'];

/** A packet that the kernel dropped for a checksum which was open when it came. */
interface OpenDrop {
  readonly trace: KernelTrace;
  /** Where it was last seen, on the way in. */
  readonly arrival: Sighting;
  /** The devices that it left by before that, its sender's first. */
  readonly leftBy: readonly DeviceRef[];
}

/** Of which devices it matters whether they leave checksums open; none where that explains no loss. */
export function devicesInDoubt(observation: Observation): readonly DeviceRef[] {
  const drop = openDropIn(observation);
  return drop === undefined ? [] : distinct([...drop.leftBy, placeOf(drop.arrival)]);
}

/** The cause, and what would befall the answer for the same reason; empty when no open checksum was the end of it. */
export function badOffload(host: Host, observation: Observation): readonly Cause[] {
  const drop = openDropIn(observation);
  const sender = drop && (drop.leftBy.find((at) => isLeftOpenBy(host, at)) ?? drop.leftBy[0]);
  if (drop === undefined || sender === undefined || isFinishedBy(host, sender)) return [];
  const { arrival, trace } = drop;
  const protocol = arrival.text.startsWith('UDP') ? 'UDP' : 'TCP';
  const finding: Finding = {
    ...inCommon(host, sender),
    leg: arrival.leg,
    what: `${sender.netns} ${sender.device} leaves ${protocol} checksums open, and ${arrival.netns} drops the ${arrival.leg} because nobody has finished them`,
    evidence: [
      ...featureEvidence(host, sender),
      {
        witness: 'wire',
        command: undefined,
        text: `the ${protocol} checksum is still open at ${arrival.netns} ${arrival.device}: it is the sum of the pseudo-header alone`,
      },
      ...traceEvidence(trace, { withLookups: false }),
      { witness: 'wire', command: observation.command, text: heardText(observation) },
    ],
  };
  return [finding, ...answerToo(host, drop)].map((each) => ({
    finding: each,
    fix: each.repairs.flatMap((repair) => fixOf(host, repair)),
    alternatives: [],
  }));
}

/** The answer goes back the same way: what did not finish the one checksum does not finish the other. */
function answerToo(host: Host, { arrival, leftBy }: OpenDrop): readonly Finding[] {
  const answerer = placeOf(arrival);
  const isDestination = findLink(host, arrival.netns, arrival.device)?.addresses.some(
    ({ address }) => address === arrival.destination,
  );
  if (arrival.leg !== 'request' || !isDestination || !isLeftOpenBy(host, answerer)) return [];
  if (leftBy.some((at) => sameDevice(at, answerer))) return [];
  return [
    {
      ...inCommon(host, answerer),
      leg: 'reply',
      why: 'The answer goes back by where the checksum of the request was not finished',
      what: `${answerer.netns} ${answerer.device} leaves the checksum of the answer open as well`,
      evidence: featureEvidence(host, answerer),
    },
  ];
}

function inCommon(host: Host, sender: DeviceRef): Omit<Finding, 'leg' | 'what' | 'evidence'> {
  return {
    code: 'bad-offload',
    title: 'A checksum is left to an offload that nobody does',
    ...sender,
    why: 'A veth does not finish checksums: the receiving kernel is told that they are open. A program that copies frames (a userspace switch, DPDK, AF_PACKET, an XDP redirect) passes on the bytes without that word, and then they count as wrong',
    repairs: isLeftOpenBy(host, sender) ? [repairOf(sender)] : [],
  };
}

function repairOf(sender: DeviceRef): Repair {
  return {
    intent: `Finish checksums before ${sender.device} sends`,
    edits: [{ kind: 'link-checksum', ...sender }],
    sideEffects: `Segmentation offload of ${sender.device} goes off with it, and large transfers cost more CPU; it lasts as long as the device does`,
  };
}

function featureEvidence(host: Host, { netns, device }: DeviceRef): readonly Evidence[] {
  const where = findNetns(host, netns);
  const state = findLink(host, netns, device)?.txChecksumming;
  if (where === undefined || state === undefined) return [];
  const text = `tx-checksumming: ${state === 'fixed' ? 'on [fixed]' : state}`;
  return [{ witness: 'kernel', command: inNetns(where, ['ethtool', '-k', device]), text }];
}

function openDropIn(observation: Observation): OpenDrop | undefined {
  const { kernel, sightings, received } = observation;
  const last = lastSeenOf(observation);
  if (kernel === undefined || last === undefined || received > 0) return undefined;
  const packets = sightings.filter((seen) => isPacket(seen) && seen.leg === last.leg);
  const arrival = packets.findLast((seen) => sameDevice(placeOf(seen), last));
  if (arrival?.checksum !== 'open' || arrival.direction !== 'in') return undefined;
  const events = kernel.events.filter(
    (event) => event.netns === last.netns && event.leg === last.leg && blamesChecksum(event),
  );
  if (events.length === 0) return undefined;
  const sent = packets.filter(({ direction, checksum }) => direction === 'out' && checksum === 'open');
  return { trace: { ...kernel, events }, arrival, leftBy: distinct(sent.map(placeOf)) };
}

/**
 * A stateful firewall takes for invalid what has a wrong checksum, unless nf_conntrack_checksum is off. An answer may be
 * invalid for another reason, which is that its question went elsewhere.
 */
function blamesChecksum(event: KernelEvent): boolean {
  if (event.kind === 'dropped') return CHECKSUM_REASONS.includes(event.reason);
  return event.kind === 'rule-took' && event.leg === 'request' && /\bct state\b.*\binvalid\b/.test(event.text);
}

function isLeftOpenBy(host: Host, { netns, device }: DeviceRef): boolean {
  return findLink(host, netns, device)?.txChecksumming === 'on';
}

function isFinishedBy(host: Host, { netns, device }: DeviceRef): boolean {
  return findLink(host, netns, device)?.txChecksumming === 'off';
}

function placeOf({ netns, device }: DeviceRef): DeviceRef {
  return { netns, device };
}

function distinct(refs: readonly DeviceRef[]): readonly DeviceRef[] {
  return refs.filter((ref, index) => refs.findIndex((each) => sameDevice(each, ref)) === index);
}
