/**
 * Every packet of a capture to its flow: counted, timed and, where it is TCP, marked beside those before it.
 *
 * @module
 */

import { NETWORK, PacketFields, STOP, TCP_FLAG } from '../../wire/fields.ts';
import { IP_PROTOCOL } from '../../wire/ip-protocol.ts';
import { isPlainSegment, PLAIN_AT, plainPayloadBytes } from '../../wire/plain-segment.ts';
import type { Finding } from '../finding.ts';
import type { Observer } from '../observer.ts';
import { judgeEnd } from '../tcp/ending.ts';
import { tcpFindings } from '../tcp/findings.ts';
import { isAnotherConnection } from '../tcp/handshake.ts';
import { takeNextSegment } from '../tcp/next-segment.ts';
import { takeSegment } from '../tcp/segment.ts';
import { SEGMENT_MARK } from '../tcp/segment-mark.ts';
import { TroubledPairs } from '../tcp/troubled-pairs.ts';
import { FlowList } from './flow-list.ts';
import {
  COMMON,
  COMMON_NUMBER,
  countPacket,
  FLOW_STATE,
  RECORD_NUMBERS,
  RECORD_WORDS,
  SIDE_AT,
  SIDE_NUMBER,
  SIDE_NUMBER_AT,
  SIDE_NUMBERS,
  SIDE_WORDS,
} from './flow-record.ts';
import { FlowTable, MOST_FLOWS } from './flow-table.ts';
import { Fragments } from './fragments.ts';
import { heardSides } from './heard-elsewhere.ts';
import { pointOf } from './point.ts';
import { isFromQuotedDest, isIcmpError, isPortUnreachable, readQuoted } from './quoted-flow.ts';

const TAKES_SEQUENCE = TCP_FLAG.syn | TCP_FLAG.fin;

export class FlowTracker implements Observer {
  /** SEGMENT_MARK of the packet that was seen last; 0 when it was no TCP segment, or an ordinary one. */
  marks = 0;
  /** Whether that packet was the next segment in order of a connection in which all is quiet, as most packets are. */
  isNextSegment = false;
  /** Whether it was a TCP segment with data, SYN or FIN that was not sent before: sent again, it would have a mark. */
  isFirstSent = false;
  readonly #capture: number;
  readonly #table: FlowTable;
  readonly #fragments: Fragments;
  readonly #pairs: TroubledPairs;
  readonly #quoted = new PacketFields();
  /** The second that all times of the records count from. */
  #epoch = 0;
  #now = 0;
  #packets = 0;

  /** @param seed A random number, which whoever made the capture cannot know. */
  constructor(capture: number, seed: number, mostFlows = MOST_FLOWS, buffer?: ArrayBuffer) {
    this.#capture = capture;
    this.#table = new FlowTable(seed, (flow) => this.#makeRoom(flow), mostFlows, buffer);
    this.#fragments = new Fragments(seed);
    this.#pairs = new TroubledPairs(seed, this.#table.words);
  }

  see(fields: PacketFields, number: number, interfaceId: number): void {
    this.marks = 0;
    this.isNextSegment = false;
    this.isFirstSent = false;
    if (this.#packets++ === 0) this.#epoch = fields.seconds;
    const now = (fields.seconds - this.#epoch) * 1e9 + fields.nanoseconds;
    this.#now = now;
    if (fields.network !== NETWORK.ipv4 && fields.network !== NETWORK.ipv6) return;
    const point = pointOf(fields.ifindex, interfaceId);
    const table = this.#table;
    let sourcePort = 0;
    let destPort = 0;
    if (fields.hasTransport) {
      sourcePort = fields.sourcePort;
      destPort = fields.destPort;
      if (fields.moreFragments) this.#fragments.remember(fields, point);
    } else if (fields.stop === STOP.fragment) {
      const ports = this.#fragments.portsOf(fields, point);
      sourcePort = ports >>> 16;
      destPort = ports & 0xffff;
    }
    let flow = table.find(fields, sourcePort, destPort, point);
    const side = table.found.side;
    const { words, numbers } = table;
    const isSegment = fields.protocol === IP_PROTOCOL.tcp && fields.hasTransport && !fields.moreFragments;
    let isNew = table.found.isNew;
    const isReused = !isNew && isSegment && isAnotherConnection(words, flow, side, fields);
    if (isReused) {
      flow = table.replace(flow, fields, sourcePort, destPort, point);
      isNew = true;
    }
    const myNumbers = flow * RECORD_NUMBERS + SIDE_NUMBER_AT + side * SIDE_NUMBERS;
    numbers[myNumbers + SIDE_NUMBER.lastTime] = now;
    if (isNew) begin(words, numbers, flow, side, number);
    table.clock[0] = now;
    const { originalBytes, payloadBytes } = fields;
    if (isSegment) {
      const sighting = flow * 2 + side;
      this.isNextSegment =
        !isNew && takeNextSegment(table, fields.view, fields.transportAt, payloadBytes, originalBytes, point, sighting);
      if (this.isNextSegment) return;
      const marks = takeSegment(this.#pairs, words, numbers, flow, side, fields, number);
      this.marks = isReused ? marks | SEGMENT_MARK.reusedPorts : marks;
      this.isFirstSent = marks === 0 && (payloadBytes > 0 || (fields.tcpFlags & TAKES_SEQUENCE) !== 0);
    } else if (isIcmpError(fields)) this.#seeError(fields, point);
    const mine = flow * RECORD_WORDS + SIDE_AT + side * SIDE_WORDS;
    countPacket(words, numbers, mine, myNumbers, originalBytes, payloadBytes);
  }

  /**
   * The short way for a frame of Ethernet that most are: the next segment of a connection in which all is quiet. It is
   * counted without being dissected: five million of one connection took 0.46 s in all, 0.56 before.
   *
   * @param fields Where its bytes are, and when it was seen; what else is in them is not of this packet.
   * @returns Whether it was one; if not, `see()` is to be called.
   */
  seeNext(
    { view, start, capturedBytes, originalBytes, seconds, nanoseconds }: PacketFields,
    interfaceId: number,
  ): boolean {
    if (!isPlainSegment(view, start, capturedBytes)) return false;
    const now = (seconds - this.#epoch) * 1e9 + nanoseconds;
    const bytes = plainPayloadBytes(view, start);
    const point = pointOf(0, interfaceId);
    const table = this.#table;
    table.clock[0] = now;
    if (!takeNextSegment(table, view, start + PLAIN_AT.tcp, bytes, originalBytes, point, -1)) return false;
    this.#now = now;
    return true;
  }

  conclude(): readonly Finding[] {
    const { words, used } = this.#table;
    const isHeardElsewhere = heardSides(words, used);
    for (let flow = 0; flow < used; flow++) this.#end(flow, isHeardElsewhere);
    return tcpFindings(this.#pairs, this.#capture, this.#epoch);
  }

  /** All flows that are held; once the capture has ended. */
  flows(): FlowList {
    const { words, numbers, used, forgotten } = this.#table;
    return new FlowList({ words, numbers, count: used, forgotten, capture: this.#capture, epoch: this.#epoch });
  }

  /** For the next capture: see FlowTable. @returns `undefined`: the list of the flows is in it. */
  emptied(list: FlowList): ArrayBuffer | undefined {
    return list.isIn(this.#table.words) ? undefined : this.#table.emptied();
  }

  #seeError(fields: PacketFields, point: number): void {
    const quoted = this.#quoted;
    if (!readQuoted(fields, quoted)) return;
    const flow = this.#table.lookUp(quoted, quoted.sourcePort, quoted.destPort, point);
    if (flow === -1) return;
    const state = flow * RECORD_WORDS + COMMON.state;
    const who = isFromQuotedDest(fields, quoted) ? FLOW_STATE.portUnreachable : FLOW_STATE.rejected;
    const refusal = isPortUnreachable(fields) ? who : 0;
    this.#table.words[state] = (this.#table.words[state] as number) | FLOW_STATE.icmpError | refusal;
  }

  /** As many flows as the table holds came since it was seen: whatever it waited for, it waited long enough. */
  #makeRoom(flow: number): void {
    const { words, numbers } = this.#table;
    judgeEnd(this.#pairs, words, numbers, flow, Number.POSITIVE_INFINITY, () => false);
    this.#pairs.sides.release(flow);
  }

  #end(flow: number, isHeardElsewhere: (flow: number, side: number) => boolean): void {
    judgeEnd(this.#pairs, this.#table.words, this.#table.numbers, flow, this.#now, isHeardElsewhere);
  }
}

function begin(words: Int32Array, numbers: Float64Array, flow: number, side: number, number: number): void {
  const record = flow * RECORD_WORDS;
  words[record + COMMON.firstFrame] = number;
  words[record + COMMON.state] = side === 1 ? FLOW_STATE.begunBySide1 : 0;
  const first = flow * RECORD_NUMBERS;
  const now = first + SIDE_NUMBER_AT + side * SIDE_NUMBERS + SIDE_NUMBER.lastTime;
  numbers[first + COMMON_NUMBER.firstTime] = numbers[now] as number;
}
