/**
 * arp-unanswered and nd-unanswered: an address that somebody asks for again and again, and nobody owns up.
 *
 * A capture beside the two sees the requests, which are broadcast, and not the answers, which are not. So it is the
 * asking again that counts: who has an answer does not ask again within seconds. Probes for an address of one's own
 * (from 0.0.0.0 or ::) and announcements are meant to stay unanswered.
 *
 * Source: net/ipv4/arp.c and net/core/neighbour.c: three requests, a second apart; RFC 5227; RFC 4861 section 7.2.2.
 *
 * @module
 */

import { NETWORK, type PacketFields } from '../../wire/fields.ts';
import { ICMPV6_TYPE } from '../../wire/icmpv6.ts';
import { ADDRESS_WORDS, addressText, writeBytes, writeDest, writeSource } from '../address-words.ts';
import { counted } from '../counted.ts';
import type { Finding } from '../finding.ts';
import { FRAME_WORDS, keepFrame, readFrames, SHOWN_FRAMES, secondsBetween, writeFrame } from '../frame-words.ts';
import { NumberTable } from '../number-table.ts';
import type { EndOfCapture, Missed, Observer } from '../observer.ts';

const MOST_PAIRS = 16_384;
/** Linux asks again after 1 s, others after up to 5. */
const AGAIN_SECONDS = 5;
/** The same request at another device, not another request. */
const SIGHT_SECONDS = 0.1;
/** What Linux asks before it gives up. */
const GIVEN_UP = 3;
/** More addresses than this that one asks for in vain are one finding. */
const MOST_TARGETS = 4;

// A pair's values: requests of the run that goes on, of the longest, whether it was answered then; the last, the frames.
const RUN = 0;
const LONGEST = 1;
const ANSWERED = 2;
const LAST = 3;
const FRAMES = LAST + FRAME_WORDS;

/** The ND message's target behind its first 8 bytes, which payloadAt is behind. */
const VLAN = 2 * ADDRESS_WORDS;
const KIND = VLAN + 1;
const PAIR_WORDS = KIND + 1;

export class UnansweredNeighbours implements Observer {
  readonly #capture: number;
  /** By asker and target. */
  readonly #pairs: NumberTable;
  /** Who was heard of as the owner of an address. */
  readonly #owners: NumberTable;

  constructor(capture: number, seed: number) {
    this.#capture = capture;
    this.#pairs = new NumberTable(PAIR_WORDS, FRAMES + SHOWN_FRAMES * FRAME_WORDS, MOST_PAIRS, seed);
    this.#owners = new NumberTable(ADDRESS_WORDS, 0, MOST_PAIRS, seed);
  }

  see(fields: PacketFields, number: number): void {
    if (fields.network === NETWORK.arp) this.#seeArp(fields, number);
    else if (fields.network === NETWORK.ipv6) this.#seeNd(fields, number);
  }

  #seeArp(fields: PacketFields, number: number): void {
    const { key } = this.#pairs;
    const isAnnouncement = fields.source3 === fields.dest3;
    if (fields.source3 === 0) return;
    writeSource(this.#owners.key, 0, fields);
    this.#owners.claim();
    if (isAnnouncement) return;
    key[VLAN] = fields.vlan;
    key[KIND] = 0;
    if (fields.arpOperation === 1) {
      writeSource(key, 0, fields);
      writeDest(key, ADDRESS_WORDS, fields);
      this.#ask(number, fields);
    } else {
      writeDest(key, 0, fields);
      writeSource(key, ADDRESS_WORDS, fields);
      this.#answer();
    }
  }

  #seeNd(fields: PacketFields, number: number): void {
    const { key } = this.#pairs;
    key[VLAN] = fields.vlan;
    key[KIND] = 1;
    if (fields.icmpType === ICMPV6_TYPE.neighborSolicitation) {
      if ((fields.source0 | fields.source1 | fields.source2 | fields.source3) === 0) return;
      writeSource(key, 0, fields);
      writeBytes(key, ADDRESS_WORDS, fields, fields.payloadAt);
      this.#ask(number, fields);
    } else if (fields.icmpType === ICMPV6_TYPE.neighborAdvertisement) {
      writeBytes(this.#owners.key, 0, fields, fields.payloadAt);
      this.#owners.claim();
      writeDest(key, 0, fields);
      writeBytes(key, ADDRESS_WORDS, fields, fields.payloadAt);
      this.#answer();
    }
  }

  #ask(number: number, fields: PacketFields): void {
    const at = this.#pairs.claim();
    if (at === -1) return;
    const { words } = this.#pairs;
    const sinceSeconds = secondsBetween(words, at + LAST, fields.seconds, fields.nanoseconds);
    const run = words[at + RUN] ?? 0;
    if (run > 0 && sinceSeconds < SIGHT_SECONDS) return;
    const before = sinceSeconds <= AGAIN_SECONDS ? run : 0;
    words[at + RUN] = before + 1;
    writeFrame(words, at + LAST, number, fields);
    if (before + 1 <= (words[at + LONGEST] ?? 0)) return;
    keepFrame(words, at + FRAMES, before, number, fields);
    words[at + LONGEST] = before + 1;
    words[at + ANSWERED] = 0;
  }

  #answer(): void {
    const at = this.#pairs.find();
    if (at === -1) return;
    const { words } = this.#pairs;
    words[at + RUN] = 0;
    if (words[at + LONGEST] === 1) words[at + LONGEST] = 0;
    words[at + ANSWERED] = 1;
  }

  /** Whether anybody asked in vain. */
  hasUnanswered(): boolean {
    const { words, size } = this.#pairs;
    for (let index = 0; index < size; index++)
      if ((words[this.#pairs.entryAt(index) + PAIR_WORDS + LONGEST] ?? 0) >= 2) return true;
    return false;
  }

  missed(): readonly Missed[] {
    return [{ code: 'arp-unanswered', packets: this.#pairs.refused + this.#owners.refused }];
  }

  conclude(_end: EndOfCapture): readonly Finding[] {
    const { words, size } = this.#pairs;
    const byAsker = new Map<string, [Pair, ...Pair[]]>();
    for (let index = 0; index < size; index++) {
      const at = this.#pairs.entryAt(index);
      const values = at + PAIR_WORDS;
      const asked = words[values + LONGEST] ?? 0;
      if (asked < 2) continue;
      this.#owners.key.set(words.subarray(at + ADDRESS_WORDS, at + 2 * ADDRESS_WORDS));
      const pair: Pair = {
        isNd: words[at + KIND] === 1,
        asker: addressText(words, at),
        target: addressText(words, at + ADDRESS_WORDS),
        asked,
        isAnswered: words[values + ANSWERED] === 1,
        isAlive: this.#owners.find() !== -1,
        frames: readFrames(this.#capture, words, values + FRAMES, asked),
      };
      const known = byAsker.get(`${pair.isNd} ${pair.asker}`);
      if (known === undefined) byAsker.set(`${pair.isNd} ${pair.asker}`, [pair]);
      else known.push(pair);
    }
    return [...byAsker.values()].flatMap((pairs) => (pairs.length > MOST_TARGETS ? [many(pairs)] : pairs.map(one)));
  }
}

interface Pair {
  readonly isNd: boolean;
  readonly asker: string;
  readonly target: string;
  readonly asked: number;
  /** After it had been asked that often. */
  readonly isAnswered: boolean;
  /** Its owner was heard of otherwise. */
  readonly isAlive: boolean;
  readonly frames: Finding['frames'];
}

const NOBODY: readonly string[] = [
  'link-down',
  'no-address',
  'bridge-port-unattached',
  'gateway-unreachable',
  'wrong-prefix',
  'address-not-found',
];

function one({ isNd, asker, target, asked, isAnswered, isAlive, frames }: Pair): Finding {
  const question = isNd ? 'sends neighbour solicitations' : 'asks by ARP';
  const isSure = asked >= GIVEN_UP && !isAnswered;
  const end = isAnswered ? `answered only after ${counted(asked, 'request')}` : 'nobody answers';
  return {
    code: isNd ? 'nd-unanswered' : 'arp-unanswered',
    severity: isSure ? 'error' : 'warning',
    what: `${asker} ${question} for ${target}, ${counted(asked, 'time')} in a row: ${end}`,
    why: isAlive
      ? `Without its MAC nothing can be sent to ${target}. Its owner is on this segment, as other packets show, and does not answer ${asker}`
      : `Without its MAC nothing can be sent to ${target}: it is not on this segment, it is down, or the two do not hear each other`,
    frames,
    count: asked,
    likely: isAlive ? ['arp-filtered', 'rp-filter', 'wrong-prefix', 'bridge-port-isolated'] : NOBODY,
    confirm: `Where ${target} should be: ip address; ip link; and tcpdump -ni any ${isNd ? 'icmp6' : 'arp'} there`,
    cannotTell: `Whether the requests reach ${target}, and whether an answer is lost before the place of the capture`,
    about: { kind: 'neighbour', source: asker, destination: target, port: undefined },
    subject: `${asker} ${target}`,
  };
}

/** A scan, or a router that is asked for many. */
function many(pairs: readonly [Pair, ...Pair[]]): Finding {
  const [first] = pairs;
  const count = pairs.reduce((sum, { asked }) => sum + asked, 0);
  const targets = pairs.slice(0, 3).map(({ target }) => target);
  return {
    ...one(first),
    severity: 'warning',
    what: `${first.asker} asks for ${pairs.length} addresses that nobody answers for: ${targets.join(', ')} and others`,
    why: 'One host that asks for so many scans the net, or it is a router that is sent packets for addresses nobody has',
    count,
    subject: first.asker,
  };
}
