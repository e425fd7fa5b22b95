/**
 * Records to journeys, and what is counted of them: the part of a capture that every packet of a flood goes through.
 *
 * @module
 */

import type { PcapRecords } from '../../capture/pcap-records.ts';
import { Answers } from '../../postmortem/live/answers.ts';
import { FlowReader } from '../../postmortem/live/flow-reader.ts';
import type { FollowedPacket } from '../../postmortem/live/followed-packet.ts';
import { Follower } from '../../postmortem/live/follower.ts';
import { HopTally } from '../../postmortem/live/hop-tally.ts';
import {
  type HopSummary,
  journeyOf,
  type Layout,
  type LiveFate,
  type LiveJourney,
} from '../../postmortem/live/journey.ts';
import { isIcmpError, quoteIn, Refusals, refusalText } from '../../postmortem/live/refusals.ts';
import type { Traffic } from '../../postmortem/traffic.ts';
import { dissect } from '../../wire/dissect.ts';
import { PacketFields } from '../../wire/fields.ts';
import { LINK_TYPE } from '../../wire/link-type.ts';
import { branchedFrom } from './branches.ts';
import { type FateOptions, fateOf } from './fates.ts';
import { mayNotKnowAnswers } from './filter-limits.ts';
import { hopSummaries } from './hop-summaries.ts';
import { Groups } from './losses.ts';
import { NOT_ASKED } from './places.ts';
import { Ways } from './ways.ts';

export interface TrackingOptions extends Pick<FateOptions, 'places' | 'filter' | 'whyMissed' | 'onDoubt'> {
  readonly seed: number;
  /** So many packets are told of, and what comes behind them is not; `undefined`: all. */
  readonly most?: number | undefined;
  /** Namespaces that are listened in. */
  readonly near: ReadonlySet<string>;
  /** A packet has ended, rewritten or wrapped on its way or not; the journey is made when it is wanted. */
  readonly onJourney: (fate: LiveFate, isChanged: boolean, journey: () => LiveJourney) => void;
}

/** How long a packet may be between two places; namespaces of one machine are microseconds apart. */
export const WAIT_MS = 200;
/** How long an answer may take; ping(8) waits as long for its last. What comes later is an answer, and a slow one. */
const ANSWER_MS = 1_000;
/** So long, packets of one kind that end at one place end alike: then it is looked at again. */
const SAME_FATE_NS = 1e9;
const MOST_SAME_FATES = 4_096;
const ARRIVED: LiveFate = { kind: 'arrived' };

export class Tracking {
  readonly tally: HopTally;
  readonly lost = new Groups();
  readonly unanswered = new Groups();
  /** Of these, packets whose answer may have come home by another way: nobody listens at all devices of who sent them. */
  maybeAnswered = 0;
  /** Packets that could not be waited for any longer: they were seen too short a time before the end. */
  underWay = 0;
  /** Questions that were answered later than an answer should take, and the longest that one took. */
  slowAnswers = 0;
  slowestAnswerNs = 0;
  /** Packets seen, at all places. */
  sightings = 0;
  readonly #options: TrackingOptions;
  readonly #fateOptions: FateOptions;
  readonly #follower: Follower;
  readonly #answers: Answers<FollowedPacket>;
  readonly #refusals = new Refusals();
  readonly #fields = new PacketFields();
  readonly #flows = new FlowReader();
  readonly #layout: Layout;
  /** By flow and place. */
  #sameFates = new Map<number, { readonly fate: LiveFate; readonly count: () => void }>();
  #sameFatesSinceNs = 0;
  /** What was seen last after that may still have been under way in the end. */
  #patientNs = Number.POSITIVE_INFINITY;
  /** Packets behind the last one that was to be told of. */
  #beyond = 0;

  constructor(options: TrackingOptions) {
    this.#options = options;
    const { places, filter, whyMissed, onDoubt, near } = options;
    this.#layout = {
      isBeside: (point) => places.isBeside(point),
      branchedFrom: (points, hop) => branchedFrom(places, points, hop),
    };
    this.tally = new HopTally({ ...this.#layout, hopOf: (point) => places.hopOf(point) });
    this.#fateOptions = { places, filter, whyMissed, onDoubt, ways: new Ways(places.host, near), afterMs: WAIT_MS };
    this.#answers = new Answers({ waitMs: ANSWER_MS, onUnanswered: (packet) => this.#notAnswered(packet) });
    const seesAnswers = !mayNotKnowAnswers(filter);
    this.#follower = new Follower({
      waitMs: WAIT_MS,
      seed: options.seed,
      arrivesAt: (point, fields) => places.arrivesAt(point, fields),
      onLook: (packet, fields) => {
        if (seesAnswers) {
          if (packet.points.length === 1 && this.#answers.ask(fields, packet.firstNs, packet)) packet.isKept = true;
          this.#answers.answer(fields, packet.lastNs);
        }
        if (isIcmpError(fields)) this.#hear(packet, fields);
      },
      onEnd: (packet) => this.#end(packet),
      flowOfBytes: (bytes) => this.#flows.flowOf(bytes),
    });
  }

  /** Packets that no other place could know again. */
  get unmatchable(): number {
    return this.#follower.unmatchable;
  }

  /** Packets whose end is known. */
  get followed(): number {
    return this.#follower.told - this.underWay - this.#beyond;
  }

  /** @returns The place; NOT_ASKED where only other devices were asked for. */
  see(stream: number, records: PcapRecords): number {
    const fields = this.#fields;
    fields.bytes = records.bytes;
    fields.view = records.view;
    fields.start = records.start;
    fields.capturedBytes = records.capturedBytes;
    fields.originalBytes = records.originalBytes;
    fields.seconds = records.seconds;
    fields.nanoseconds = records.nanoseconds;
    dissect(fields, LINK_TYPE.linuxSll2);
    const point = this.#options.places.pointOf(stream, fields);
    if (point === NOT_ASKED) return point;
    this.sightings++;
    this.#follower.see(point, fields, records.timeNs);
    return point;
  }

  /** Nothing before comes any more. */
  advance(toldNs: number): void {
    this.#follower.advance(toldNs);
    this.#answers.advance(toldNs);
  }

  /**
   * Nothing comes any more.
   *
   * @param nowNs Until then, all places were listened at.
   * @param hasGivenUp Whether who asked has ended by itself, and so waits no longer.
   */
  finish(nowNs: number, hasGivenUp: boolean): void {
    this.#patientNs = nowNs - WAIT_MS * 1e6;
    this.#follower.finish();
    this.#answers.finish(nowNs, hasGivenUp ? WAIT_MS : ANSWER_MS);
  }

  /** The hops by name, in the order in which they were first passed. */
  get hops(): readonly HopSummary[] {
    return hopSummaries(this.tally.hops, this.lost.all, (point) => this.#nameOf(point));
  }

  #end(packet: FollowedPacket): void {
    if (this.followed > (this.#options.most ?? Number.POSITIVE_INFINITY)) {
      this.#beyond++;
      return;
    }
    const isThere = packet.hasArrived && !packet.isPartlyLost && !packet.isGroup;
    if (!isThere && packet.lastNs > this.#patientNs && this.#seemsLost(packet)) {
      this.underWay++;
      return;
    }
    const fate = isThere ? ARRIVED : this.#fateOf(packet);
    packet.isLost = fate.kind === 'lost';
    this.tally.add(packet, fate.kind);
    this.#options.onJourney(fate, packet.changes !== undefined, () => this.#journeyOf(packet, fate));
  }

  #seemsLost(packet: FollowedPacket): boolean {
    return fateOf(packet, this.#flows.traffic(packet), this.#fateOptions).fate.kind === 'lost';
  }

  #fateOf(packet: FollowedPacket): LiveFate {
    const now = packet.lastNs;
    if (now - this.#sameFatesSinceNs > SAME_FATE_NS || this.#sameFates.size > MOST_SAME_FATES) {
      this.#sameFates = new Map();
      this.#sameFatesSinceNs = now;
    }
    const kind = (packet.points.at(-1) ?? 0) * 4 + (packet.isPartlyLost ? 1 : 0) + (packet.isGroup ? 2 : 0);
    const key = kind * 0x1_0000_0000 + (packet.flowHash >>> 0);
    const known = this.#sameFates.get(key);
    if (known !== undefined) {
      known.count();
      return known.fate;
    }
    const traffic = this.#flows.traffic(packet);
    const { fate, lastPoint } = fateOf(packet, traffic, this.#fateOptions);
    if (fate.kind !== 'lost') {
      this.#sameFates.set(key, { fate, count: () => undefined });
      return fate;
    }
    const group = this.#lostGroup(packet, lastPoint, fate.where, traffic);
    if (group !== undefined) this.#refusals.ask(this.#flows.looks(packet), group, packet.lastNs);
    const lost = { ...fate, group };
    const count = () => this.lost.count(group);
    this.#sameFates.set(key, { fate: lost, count });
    count();
    return lost;
  }

  #lostGroup(packet: FollowedPacket, lastPoint: number, where: string | undefined, traffic: Traffic | undefined) {
    const lastSeen = this.#nameOf(lastPoint);
    const { text } = this.#journeyOf(packet, ARRIVED);
    const key = `${lastSeen} ${where} ${JSON.stringify(traffic) ?? text}`;
    return this.lost.of(key, () => ({ text, lastSeen, where, traffic }));
  }

  /** @returns What takes it back. */
  #notAnswered(packet: FollowedPacket): (afterNs: number) => void {
    if (packet.isLost) return () => undefined;
    const { text, hops } = this.#journeyOf(packet, ARRIVED);
    const last = hops.findLast(({ isBeside }) => !isBeside) ?? hops.at(-1);
    const lastSeen = last === undefined ? '?' : `${last.netns}:${last.device}`;
    const traffic = this.#flows.traffic(packet);
    const group = this.unanswered.of(text, () => ({ text, lastSeen, where: undefined, traffic }));
    if (group !== undefined) this.#refusals.ask(this.#flows.looks(packet), group, packet.lastNs);
    this.unanswered.count(group);
    const isHome = this.#isHome(packet);
    if (!isHome) this.maybeAnswered++;
    return (afterNs) => {
      this.unanswered.takeBack(group);
      if (!isHome) this.maybeAnswered--;
      this.slowAnswers++;
      this.slowestAnswerNs = Math.max(this.slowestAnswerNs, afterNs);
    };
  }

  /** Whether whatever comes back to its sender is seen. */
  #isHome({ points }: FollowedPacket): boolean {
    const { places } = this.#options;
    const first = places.all[points[0] ?? -1];
    return first?.direction === 'out' && places.isWholeNetns(first.netns);
  }

  /** An ICMP error, as it looks at one of its places: NAT translates what it quotes. */
  #hear(error: FollowedPacket, fields: PacketFields): void {
    const about = this.#flows.flowOf(quoteIn(fields), LINK_TYPE.raw);
    // Its text is made of its bytes, should anybody want it.
    error.isKept = true;
    const { bytes, start, capturedBytes } = error;
    this.#refusals.hear(about, error.lastNs, () =>
      refusalText(bytes.subarray(start, start + capturedBytes), LINK_TYPE.linuxSll2),
    );
  }

  #journeyOf(packet: FollowedPacket, fate: LiveFate): LiveJourney {
    return journeyOf(packet, this.#options.places.all, fate, this.#layout);
  }

  #nameOf(point: number): string {
    const place = this.#options.places.all[point];
    return place === undefined ? '?' : `${place.netns}:${place.device}`;
  }
}
