/**
 * Asking the segment who has an address: everybody whom the request reaches, what they say to it, and whether the answer
 * comes back to the device that asked.
 *
 * Source: net/ipv4/arp.c arp_solicit(), arp_process(); net/ipv6/ndisc.c ndisc_solicit().
 * Seen in test/live/kernel-arp.test.ts and kernel-nd.test.ts.
 *
 * @module
 */

import type { Hook } from '../host/ruleset.ts';
import type { ArpSilence, Fate, SegmentBlock } from '../journey/fate.ts';
import { type Address, familyOf } from '../net/address.ts';
import { answersArp, arpSender, type NeighborAnswer } from './arp.ts';
import { ARP, type ArpMessage, asksForArpEnds, passArp } from './arp-filter.ts';
import type { ArpEnds } from './bridge-port.ts';
import type { HostIndex } from './host-index.ts';
import { answersSolicitation, solicitationSender } from './neighbor-discovery.ts';
import type { Device } from './netns-index.ts';
import { searchSegment } from './segment.ts';
import type { Reach, SegmentFound } from './segment-search.ts';
import { carryAdvertisement, carrySolicitation } from './solicitation.ts';
import type { Walk } from './walk.ts';

/** What asking brought. */
export interface Inquiry {
  /** By which address it was asked. */
  readonly sender: Address | undefined;
  /** All who answered, and so know the asker from now on. */
  readonly told: readonly Device[];
  /** One a namespace, the first choice first. */
  readonly answerers: readonly Device[];
  /** Why the owner, whom the request reached, kept silent. */
  readonly silence: ArpSilence | undefined;
  /** A filter stopped the question, or the answer, of neighbour discovery. */
  readonly refused: Fate | undefined;
  /** Whom the request reached, and who knows what lies outside. */
  readonly found: SegmentFound;
  /** Where the request, or an answer, could not go on. */
  readonly blocks: readonly SegmentBlock[];
  /** What would have to be known to tell whether somebody answers. */
  readonly unknown: readonly string[];
}

/** What is asked, and by which packet's need. */
export interface Need {
  readonly nexthop: Address;
  /** Of the packet that waits. */
  readonly source: Address | undefined;
}

/** Inquiries made so far: the answers depend on nothing but the host. */
const inquiries = new WeakMap<HostIndex, Map<Device, Map<string, Inquiry>>>();

/** Ask everybody. */
export function inquire(walk: Walk, asker: Device, { nexthop, source }: Need): Inquiry {
  const isInet = familyOf(nexthop) === 'inet';
  const sender = isInet ? arpSender(asker, nexthop, source) : solicitationSender(asker, source);
  const ofHost = inquiries.get(walk.host) ?? new Map<Device, Map<string, Inquiry>>();
  inquiries.set(walk.host, ofHost);
  const ofAsker = ofHost.get(asker) ?? new Map<string, Inquiry>();
  ofHost.set(asker, ofAsker);
  const key = `${nexthop} ${sender}`;
  const made = ofAsker.get(key) ?? askEverybody(walk, { asker, sender, target: nexthop });
  ofAsker.set(key, made);
  return made;
}

function askEverybody(walk: Walk, asking: Asking): Inquiry {
  const { asker, sender, target } = asking;
  const isInet = familyOf(target) === 'inet';
  const request = isInet && sender !== undefined ? { sender, target } : undefined;
  const ends = asksForArpEnds(walk.host) ? request : undefined;
  const found = searchSegment(
    walk.host,
    asker,
    isInet ? { kind: 'broadcast', ends } : { kind: 'multicast' },
    walk.tunnels,
  );
  const heard: Hearing = {
    owners: [],
    proxies: [],
    blocks: [...found.blocks],
    unknown: [],
    silence: undefined,
    refused: undefined,
  };
  for (const reach of found.reached) {
    const answer =
      isInet && sender !== undefined
        ? answersArp(reach.device, { target, sender })
        : answersSolicitation(reach.device, target);
    hear(walk, heard, asking, reach, answer);
  }
  const { owners, proxies, silence, refused, blocks, unknown } = heard;
  // A proxy waits before it answers, and the first answer counts.
  const answerers = oneOfEach(target, owners.length > 0 ? owners : proxies);
  return { sender, told: [...owners, ...proxies], answerers, silence, refused, found, blocks, unknown };
}

interface Hearing {
  readonly owners: Device[];
  readonly proxies: Device[];
  readonly blocks: SegmentBlock[];
  readonly unknown: string[];
  silence: ArpSilence | undefined;
  refused: Fate | undefined;
}

interface Asking {
  readonly asker: Device;
  readonly sender: Address | undefined;
  readonly target: Address;
}

function hear(walk: Walk, heard: Hearing, asking: Asking, reach: Reach, answer: NeighborAnswer): void {
  if (answer.kind === 'unknown') heard.unknown.push(...answer.because);
  if (answer.kind === 'silent') heard.silence ??= answer.silence;
  if (answer.kind !== 'answers') return;
  const { asker } = asking;
  const { device } = reach;
  const { mac } = asker.link;
  const isArp = familyOf(asking.target) === 'inet';
  const ends = asksForArpEnds(walk.host) && isArp ? answerEnds(asking) : undefined;
  const frame = mac && ({ kind: 'unicast', mac, isLearned: true, isArp, ends } as const);
  const back = frame && searchSegment(walk.host, device, frame, walk.tunnels);
  const home = back?.reached.find((each) => each.device === asker);
  if (home === undefined) {
    heard.blocks.push(...(back?.blocks ?? []));
    return;
  }
  if (isArp) {
    if (isArpFiltered(heard, asking, device)) return;
  } else {
    const fate = carrySolicitation(walk, asking, reach) ?? carryAdvertisement(walk, device, asking, home);
    heard.refused ??= fate;
    if (fate !== undefined) return;
  }
  (answer.asProxy ? heard.proxies : heard.owners).push(device);
}

/** The answer tells the asker of the address that was asked for. */
function answerEnds({ sender, target }: Asking): ArpEnds | undefined {
  return sender && { sender: target, target: sender };
}

/** The arp family's chains, on both sides, for the request and for the answer. */
function isArpFiltered(heard: Hearing, asking: Asking, answerer: Device): boolean {
  const { asker, sender, target } = asking;
  const request: ArpMessage = { operation: ARP.request, ends: sender && { sender, target } };
  const reply: ArpMessage = { operation: ARP.reply, ends: answerEnds(asking) };
  const passages: readonly (readonly [Device, Hook, ArpMessage])[] = [
    [asker, 'output', request],
    [answerer, 'input', request],
    [answerer, 'output', reply],
    [asker, 'input', reply],
  ];
  for (const [device, at, message] of passages) {
    const passage = passArp(device.netns, 'arp', [at], message);
    if (passage.kind === 'passes') continue;
    if (passage.kind === 'unknown') heard.unknown.push(passage.because);
    else {
      const { hook, rule } = passage;
      heard.blocks.push({ at: device.ref, because: 'filtered', detail: rule.text, filter: { hook, rule } });
    }
    return true;
  }
  return false;
}

/** Of each namespace one device: the one that holds the address, where one does. */
function oneOfEach(address: Address, answerers: readonly Device[]): readonly Device[] {
  const byNetns = new Map<string, Device>();
  for (const answerer of answerers) {
    const { name } = answerer.netns;
    const holds = answerer.link.addresses.some((each) => each.address === address);
    if (!byNetns.has(name) || holds) byNetns.set(name, answerer);
  }
  return [...byNetns.values()];
}
