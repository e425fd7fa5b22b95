/**
 * What packets that were lost have in common, and those that arrived have not.
 *
 * Of everything that all the lost ones share, what rules out the most of those that arrived is said first, and so on
 * until none is left; the rest is chance.
 *
 * @module
 */

import { TCP_FLAG } from '../../wire/fields.ts';
import { IP_PROTOCOL } from '../../wire/ip-protocol.ts';
import { destinationText, hasPorts, protocolText, sourceText } from './flow-text.ts';
import { KIND } from './packet-key.ts';
import type { SightingIndex } from './sighting-index.ts';

interface Trait {
  readonly text: string;
  readonly holds: (record: number) => boolean;
}

/** A part of the lost ones, and what they have in common. */
export interface CommonLoss {
  readonly lost: readonly number[];
  /** A phrase; `undefined`: nothing that those that arrived have not. */
  readonly common: string | undefined;
}

/** So many services may each have a fault of their own; more are no coincidence. */
const MOST_SERVICES = 4;

/** A trait that leaves more than so many of those that arrived says nothing. */
const TELLING_SHARE = 0.5;

/** More that arrived are like the lost ones: then it is not what they have in common. */
const CHANCE_SHARE = 0.1;

/**
 * The lost ones together, or by service where that explains them and all together does not.
 *
 * @param arrived Some of those that took the same hop.
 */
export function commonLosses(
  index: SightingIndex,
  lost: readonly number[],
  arrived: readonly number[],
): readonly CommonLoss[] {
  const together = describe(index, lost, arrived);
  if (together.isExact) return [{ lost, common: together.text }];
  const services = new Map<string, number[]>();
  for (const record of lost) {
    const { protocol, sourcePort, destPort } = index.sightings.flows.flow(index.flow(record));
    // The lower port is the service's, whichever way the packet goes.
    const service = `${protocol} ${sourcePort < destPort ? `from ${sourcePort}` : `to ${destPort}`}`;
    const known = services.get(service);
    if (known === undefined) services.set(service, [record]);
    else known.push(record);
  }
  if (services.size > 1 && services.size <= MOST_SERVICES) {
    const apart = [...services.values()].map((records) => ({ records, said: describe(index, records, arrived) }));
    if (apart.some(({ said }) => said.isExact))
      return apart.map(({ records, said }) => ({ lost: records, common: said.text }));
  }
  return [{ lost, common: together.text }];
}

/** `isExact`: nothing that arrived is like that. */
function describe(index: SightingIndex, lost: readonly number[], arrived: readonly number[]) {
  const traits = traitsOf(index, lost).filter(({ holds }) => lost.every(holds));
  if (arrived.length === 0) return { text: traits[0]?.text, isExact: true };
  const said = new Set<Trait>();
  let left = arrived;
  while (left.length > 0) {
    let best: { readonly trait: Trait; readonly left: readonly number[] } | undefined;
    for (const trait of traits) {
      const remaining = left.filter(trait.holds);
      if (remaining.length < (best?.left.length ?? left.length * TELLING_SHARE)) best = { trait, left: remaining };
    }
    if (best === undefined) break;
    said.add(best.trait);
    left = best.left;
  }
  if (said.size === 0 || left.length > arrived.length * CHANCE_SHARE) return { text: undefined, isExact: false };
  const text = traits.flatMap((trait) => (said.has(trait) ? [trait.text] : [])).join(', ');
  const rest = left.length === 0 ? '' : ` (as are ${left.length} of ${arrived.length} that arrived)`;
  return { text: text + rest, isExact: left.length === 0 };
}

/** What the first one has and others may: the more specific first, so that it wins where two rule out as many. */
function traitsOf(index: SightingIndex, lost: readonly number[]): readonly Trait[] {
  const { sightings } = index;
  const first = lost[0] ?? 0;
  const flowOf = (record: number) => sightings.flows.flow(index.flow(record));
  const kindOf = (record: number) => sightings.kind(index.likeness(record));
  const lengthOf = (record: number) => sightings.lengthBytes(index.likeness(record));
  const flagsOf = (record: number) => sightings.flags(index.likeness(record));
  const flow = flowOf(first);
  const { protocol, sourcePort, destPort } = flow;
  const kind = kindOf(first);
  const name = protocolText(protocol);
  const isSame = (record: number) => flowOf(record).protocol === protocol;
  const traits: Trait[] = [];
  if (hasPorts(flow) && kind !== KIND.fragment) {
    const to = {
      text: `${name} to port ${destPort}`,
      holds: (record: number) => isSame(record) && flowOf(record).destPort === destPort,
    };
    const from = {
      text: `${name} from port ${sourcePort}`,
      holds: (record: number) => isSame(record) && flowOf(record).sourcePort === sourcePort,
    };
    // The lower one is the service's, and the other one nobody's choice.
    traits.push(...(sourcePort < destPort ? [from, to] : [to, from]));
  }
  if (kind === KIND.echo) {
    const what = sourcePort === 0 ? 'replies' : 'requests';
    traits.push({
      text: `echo ${what}`,
      holds: (record) => kindOf(record) === KIND.echo && flagsOf(record) === flagsOf(first),
    });
  }
  if (kind === KIND.fragment) traits.push({ text: 'fragments', holds: (record) => kindOf(record) === KIND.fragment });
  if (protocol === IP_PROTOCOL.tcp && (flagsOf(first) & (TCP_FLAG.syn | TCP_FLAG.ack)) === TCP_FLAG.syn) {
    const isSyn = (record: number) =>
      kindOf(record) === KIND.tcp && (flagsOf(record) & (TCP_FLAG.syn | TCP_FLAG.ack)) === TCP_FLAG.syn;
    traits.push({ text: 'TCP SYN', holds: isSyn });
  }
  traits.push({ text: name, holds: isSame });
  const ttl = index.ttl(first);
  if (ttl === 1) traits.push({ text: 'TTL 1', holds: (record) => index.ttl(record) === 1 });
  const to = destinationText(flow);
  const from = sourceText(flow);
  traits.push(
    { text: `to ${to}`, holds: (record) => isSameAddress(flowOf(record).destination, flow.destination) },
    { text: `from ${from}`, holds: (record) => isSameAddress(flowOf(record).source, flow.source) },
  );
  const least = lost.reduce((shortest, record) => Math.min(shortest, lengthOf(record)), Number.POSITIVE_INFINITY);
  traits.push({ text: `${least} bytes and more`, holds: (record) => lengthOf(record) >= least });
  const firstNs = lost.reduce((earliest, record) => Math.min(earliest, index.timeNs(record)), Number.POSITIVE_INFINITY);
  const lastNs = lost.reduce((latest, record) => Math.max(latest, index.timeNs(record)), Number.NEGATIVE_INFINITY);
  if (lost.length > 1) {
    const isWithin = (record: number) => index.timeNs(record) >= firstNs && index.timeNs(record) <= lastNs;
    const window = `between ${clockText(index, firstNs)} and ${clockText(index, lastNs)}`;
    traits.push({ text: window, holds: isWithin });
  }
  return traits;
}

function isSameAddress(a: readonly number[], b: readonly number[]): boolean {
  return a.every((word, at) => word === b[at]);
}

/** Time of day, UTC. */
function clockText(index: SightingIndex, timeNs: number): string {
  const ms = (index.sightings.baseSeconds ?? 0) * 1000 + Math.floor(timeNs / 1e6);
  return new Date(ms).toISOString().slice(11, -1);
}
