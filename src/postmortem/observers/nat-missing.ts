/**
 * nat-missing: private sources that ask public destinations and are never answered, so that it seems that they leave by
 * an uplink with an address that nobody out there can answer.
 *
 * A capture on the inner side of a NAT shows private sources too, and their answers: one answer to any of them, and
 * nothing is said. On the sender's own link private sources are right: what has the TTL that hosts begin with has passed
 * no router yet, and does not count. Asked is what expects an answer: SYN, UDP datagrams, echo requests.
 *
 * @module
 */

import { NETWORK, type PacketFields, TCP_FLAG } from '../../wire/fields.ts';
import { ICMP_TYPE } from '../../wire/icmp.ts';
import { IP_PROTOCOL } from '../../wire/ip-protocol.ts';
import { addressText, isPrivateInet, isPublicInet } from '../address-words.ts';
import { counted } from '../counted.ts';
import type { Finding } from '../finding.ts';
import { FRAME_WORDS, keepFrame, readFrames, SHOWN_FRAMES } from '../frame-words.ts';
import { NumberTable } from '../number-table.ts';
import type { EndOfCapture, Missed, Observer } from '../observer.ts';
import { trafficOf } from '../traffic.ts';
import type { Refused } from './icmp-errors.ts';

const MOST_PAIRS = 4096;
/** One packet may be lost anywhere. */
const LEAST_ASKED = 2;
const SHOWN_PAIRS = 3;
/** Of Linux and macOS, Windows, and network devices. */
const FIRST_TTLS = new Set([64, 128, 255]);

const ASKED = 0;
const IP_ID = 1;
const FRAMES = 2;

export class UntranslatedSources implements Observer, Refused {
  readonly #capture: number;
  /** By source and destination, until anybody is answered. */
  readonly #pairs: NumberTable;
  #isAnswered = false;

  constructor(capture: number, seed: number) {
    this.#capture = capture;
    this.#pairs = new NumberTable(2, FRAMES + SHOWN_FRAMES * FRAME_WORDS, MOST_PAIRS, seed);
  }

  see(fields: PacketFields, number: number): void {
    if (this.#isAnswered || fields.network !== NETWORK.ipv4) return;
    if (isPublicInet(fields.source3)) {
      if (isPrivateInet(fields.dest3)) this.#isAnswered = true;
      return;
    }
    if (!isPrivateInet(fields.source3) || !isPublicInet(fields.dest3) || !isQuestion(fields)) return;
    if (FIRST_TTLS.has(fields.ttl)) return;
    const { key } = this.#pairs;
    key[0] = fields.source3;
    key[1] = fields.dest3;
    const at = this.#pairs.claim();
    if (at === -1) return;
    const { words } = this.#pairs;
    const asked = words[at + ASKED] ?? 0;
    // The same packet at another device, or round a loop.
    if (asked > 0 && fields.ipId !== 0 && words[at + IP_ID] === fields.ipId) return;
    words[at + IP_ID] = fields.ipId;
    keepFrame(words, at + FRAMES, asked, number, fields);
    words[at + ASKED] = asked + 1;
  }

  /** An ICMP error came back: whoever sent it can reach the source. */
  refuse(quoted: PacketFields): void {
    if (isPrivateInet(quoted.source3)) this.#isAnswered = true;
  }

  missed(): readonly Missed[] {
    return [{ code: 'nat-missing', packets: this.#pairs.refused }];
  }

  conclude(_end: EndOfCapture): readonly Finding[] {
    if (this.#isAnswered) return [];
    const { words, size } = this.#pairs;
    const pairs: { source: string; dest: string; asked: number; frames: Finding['frames'] }[] = [];
    for (let index = 0; index < size; index++) {
      const at = this.#pairs.entryAt(index);
      const asked = words[at + 2 + ASKED] ?? 0;
      if (asked < LEAST_ASKED) continue;
      const address = (place: number) => addressText(Int32Array.of(0, 0, 0, words[place] ?? 0), 0);
      const frames = readFrames(this.#capture, words, at + 2 + FRAMES, asked);
      pairs.push({ source: address(at), dest: address(at + 1), asked, frames });
    }
    const [first] = pairs;
    if (first === undefined) return [];
    const shown = pairs.slice(0, SHOWN_PAIRS).map(({ source, dest }) => `${source} to ${dest}`);
    const others = pairs.length - shown.length;
    const count = pairs.reduce((sum, { asked }) => sum + asked, 0);
    return [
      {
        code: 'nat-missing',
        severity: 'warning',
        what: `${counted(count, 'packet')} from private to public addresses, never answered: ${shown.join(', ')}${others > 0 ? ` and ${others} others` : ''}`,
        why: 'Nobody out there has a way back to a private address. If this is the uplink, the source should have been translated before',
        frames: first.frames,
        count,
        likely: ['nat-missing', 'nat-wrong', 'firewall-drop', 'no-route'],
        confirm: 'On the router of this uplink: nft list ruleset; iptables-save -t nat; conntrack -L',
        cannotTell: 'Whether this is the uplink: on the inner side of the router private sources are right',
        about: trafficOf(IP_PROTOCOL.icmp, first.source, first.dest, undefined),
        subject: `${first.source} ${first.dest}`,
      },
    ];
  }
}

function isQuestion({ hasTransport, protocol, tcpFlags, icmpType }: PacketFields): boolean {
  if (!hasTransport) return false;
  switch (protocol) {
    case IP_PROTOCOL.tcp:
      return (tcpFlags & (TCP_FLAG.syn | TCP_FLAG.ack)) === TCP_FLAG.syn;
    case IP_PROTOCOL.udp:
      return true;
    case IP_PROTOCOL.icmp:
      return icmpType === ICMP_TYPE.echoRequest;
    default:
      return false;
  }
}
