/**
 * Follow one probe through the kernel's trace, in which every namespace's packets are.
 *
 * A packet is recognised where tcpdump saw it too: the same device, direction and length, and the time to within a few
 * milliseconds. From there its address in memory leads on to the event that ends it. The address is given to another packet
 * within microseconds, so it is forgotten with that end, with the first passage that is not ours, and with time. Before
 * there is any sighting, the sender's own process tells: what it frees in a system call of its own is what it sends.
 *
 * Limits: without tcpdump in a namespace nothing is placed there; a packet that waits (for a neighbour's answer, three
 * seconds) has not ended yet; a clone (a flooded frame) has another address and is lost sight of.
 *
 * @module
 */

import type { NetnsName } from '../../host/link.ts';
import type { Leg } from '../../journey/journey.ts';
import type { KernelEvent } from '../../journey/kernel-trace.ts';
import type { Sighting } from '../../journey/observation.ts';
import { icmpText } from '../../wire/icmp-text.ts';
import type { TraceRecord } from './trace-text.ts';

export interface FollowContext {
  /** Of the traced probe alone. */
  readonly sightings: readonly Sighting[];
  /** Where it starts. */
  readonly source: NetnsName;
  /** The word that the sending process wrote into the trace before it began. */
  readonly mark: string;
}

/** tcpdump's stamp and the event's: microseconds apart, unless the CPU was taken away in between. */
const SAME_MOMENT_NS = 5_000_000n;
/** From a packet's last passage to what became of it in the same run of the network stack. */
const SOON_NS = 20_000_000n;
const SECOND_NS = 1_000_000_000n;

/** Where a packet of ours was last. */
type Place = Pick<Sighting, 'netns' | 'device' | 'leg'> & { readonly timeNs: bigint; readonly cpu: number };

/** @param records In the order of the trace. @returns What happened to the probe's packets, in that order. */
export function follow(records: readonly TraceRecord[], context: FollowContext): readonly KernelEvent[] {
  const { sightings, source, mark } = context;
  const senderPid = records.find((record) => record.event === 'mark' && record.text.trim() === mark)?.pid;
  const hasLeft = sightings.length > 0;
  const passages = placePassages(records, sightings);
  const own = new Map<string, Place>();
  let latest: Place | undefined;
  const events: KernelEvent[] = [];

  /** Where our packet is that this record is about; `undefined` when it is not ours. */
  const placeOf = (record: TraceRecord, skb: string): Pick<KernelEvent, 'netns' | 'device' | 'leg'> | undefined => {
    const place = own.get(skb);
    if (place !== undefined && record.timeNs - place.timeNs <= SOON_NS) return withoutTime(place);
    const isSender = record.isProcess && record.pid === senderPid && !hasLeft;
    return isSender ? { netns: source, device: undefined, leg: 'request' } : undefined;
  };

  for (const record of records) {
    switch (record.event) {
      case 'queue':
      case 'receive': {
        const sighting = passages.get(record);
        if (sighting === undefined) {
          own.delete(record.skb);
          break;
        }
        const { netns, device, leg } = sighting;
        latest = { netns, device, leg, timeNs: record.timeNs, cpu: record.cpu };
        own.set(record.skb, latest);
        break;
      }
      case 'free': {
        const place = placeOf(record, record.skb);
        own.delete(record.skb);
        if (place !== undefined && !isNormalEnd(record))
          events.push({ ...place, kind: 'dropped', reason: record.reason, location: record.location });
        break;
      }
      case 'icmp-send': {
        const place = placeOf(record, record.skb);
        if (place !== undefined) events.push({ ...place, kind: 'icmp-sent', text: errorText(record) });
        break;
      }
      case 'reset-send': {
        const place = placeOf(record, record.skb);
        if (place !== undefined) events.push({ ...place, kind: 'reset-sent', reason: record.reason });
        break;
      }
      case 'lookup': {
        const place = lookupPlace(record, latest, context, senderPid);
        if (place === undefined) break;
        const { table, source: from, destination, error } = record;
        events.push({ ...place, kind: 'lookup-failed', table, source: from, destination, error });
        break;
      }
      case 'mark':
        break;
    }
  }
  return events.filter((event, index) => isLastWord(event, events.slice(index + 1), latest));
}

/** Which passage is which sighting. Each sighting belongs to one passage: the nearest in time. */
function placePassages(
  records: readonly TraceRecord[],
  sightings: readonly Sighting[],
): ReadonlyMap<TraceRecord, Sighting> {
  const placed = new Map<TraceRecord, Sighting>();
  for (const sighting of sightings) {
    const event = sighting.direction === 'out' ? 'queue' : 'receive';
    let best: { readonly record: TraceRecord; readonly apartNs: bigint } | undefined;
    for (const record of records) {
      if (record.event !== event || record.device !== sighting.device || placed.has(record)) continue;
      const apartNs = apart(record.timeNs, sighting.timestampNs);
      if (apartNs <= SAME_MOMENT_NS && (best === undefined || apartNs < best.apartNs)) best = { record, apartNs };
    }
    if (best !== undefined) placed.set(best.record, sighting);
  }
  return placed;
}

/** How far two moments are apart but for whole seconds, by which TAI and the wall clock differ. */
function apart(a: bigint, b: bigint): bigint {
  const fraction = (((a - b) % SECOND_NS) + SECOND_NS) % SECOND_NS;
  return fraction > SECOND_NS / 2n ? SECOND_NS - fraction : fraction;
}

/**
 * A lookup names addresses and no packet. It is for ours when the addresses are, and it comes where our packet has just
 * arrived (on the same CPU), or from the sender itself.
 */
function lookupPlace(
  record: Extract<TraceRecord, { event: 'lookup' }>,
  latest: Place | undefined,
  { sightings, source }: FollowContext,
  senderPid: number | undefined,
): Pick<KernelEvent, 'netns' | 'device' | 'leg'> | undefined {
  if (record.isProcess && record.pid === senderPid && sightings.length === 0) {
    return { netns: source, device: undefined, leg: 'request' };
  }
  if (latest === undefined || latest.cpu !== record.cpu || record.timeNs - latest.timeNs > SOON_NS) return undefined;
  const leg = sightings.flatMap((seen) => legOfLookup(seen, record)).at(0);
  return leg === undefined ? undefined : { netns: latest.netns, device: latest.device, leg };
}

function legOfLookup(seen: Sighting, record: Extract<TraceRecord, { event: 'lookup' }>): readonly Leg[] {
  const { source, destination } = record;
  if (source === seen.source && destination === seen.destination) return [seen.leg];
  // The answer to what was seen: the way back is looked up before there is an answer to be seen.
  const isAnswer = source === seen.destination && destination === seen.source;
  return isAnswer && seen.leg === 'request' ? ['reply'] : [];
}

/** RT_TABLE_LOCAL holds the namespace's own addresses: a miss there says nothing. */
const TABLE_LOCAL = 255;

/** IPv4 says -EAGAIN. IPv6 falls back on an entry of type unreachable, so that it says the same of a route of that type. */
function isMiss({ error, destination }: Extract<KernelEvent, { kind: 'lookup-failed' }>): boolean {
  return error === -11 || (destination.includes(':') && (error === -101 || error === -113));
}

/** What became of every message that was taken as it should be: seen of an IPv6 echo request that was answered. */
const NORMAL_ENDS: ReadonlySet<string> = new Set(['icmpv6_rcv']);

function isNormalEnd({ location, reason }: Extract<TraceRecord, { event: 'free' }>): boolean {
  return NORMAL_ENDS.has(location) && (reason === undefined || reason === 'NOT_SPECIFIED');
}

/**
 * A table without a match counts only where nothing became of the packet afterwards: the next table may have had one, and a
 * lookup that succeeds is not recorded.
 */
function isLastWord(event: KernelEvent, later: readonly KernelEvent[], latest: Place | undefined): boolean {
  if (event.kind !== 'lookup-failed') return true;
  const wentOn = latest !== undefined && latest.netns !== event.netns;
  if (wentOn || event.table === TABLE_LOCAL) return false;
  return !isMiss(event) || later.every(({ kind }) => kind === 'lookup-failed');
}

function errorText({ type, code }: Extract<TraceRecord, { event: 'icmp-send' }>): string {
  return icmpText({ kind: 'error', type, code, checksum: 0, mtu: undefined, pointer: undefined });
}

function withoutTime({ netns, device, leg }: Place): Pick<KernelEvent, 'netns' | 'device' | 'leg'> {
  return { netns, device, leg };
}
