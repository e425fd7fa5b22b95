/**
 * The packets of one flow, in a second look at its capture: who sent what when, TCP numbered from the beginning of the
 * connection. Of a long flow the first ones, the last ones and what is odd in between; the rest is counted.
 *
 * The flow is told by its addresses, ports and place, from its first packet until all of its packets were seen: a later
 * connection of the same ports is another flow. A fragment that has no ports is missed.
 *
 * @module
 */

import { type Address, addressBits, familyOf } from '../../net/address.ts';
import { NETWORK, type PacketFields } from '../../wire/fields.ts';
import { IP_PROTOCOL } from '../../wire/ip-protocol.ts';
import type { Finding } from '../finding.ts';
import type { Observer } from '../observer.ts';
import { type SegmentMark, segmentMarks } from '../tcp/segment-mark.ts';
import type { Flow } from './flow.ts';
import type { FlowTracker } from './flow-tracker.ts';
import { pointOf, pointParts } from './point.ts';

export interface FlowStep {
  readonly number: number;
  /** Since the first packet of the flow. */
  readonly sinceNs: number;
  readonly fromClient: boolean;
  readonly payloadBytes: number;
  /** `undefined`: no TCP. */
  readonly tcp:
    | { readonly flags: number; readonly seq: number; readonly ack: number; readonly window: number }
    | undefined;
  readonly icmpType: number | undefined;
  readonly marks: readonly SegmentMark[];
}

/** Packets that are not shown one by one. */
export interface FlowGap {
  readonly packets: number;
  readonly payloadBytes: number;
}

const MOST_FIRST = 24;
const MOST_ODD = 24;
const MOST_LAST = 16;

export class FlowSteps implements Observer {
  readonly #flow: Flow;
  readonly #tracker: FlowTracker;
  readonly #client: Int32Array;
  readonly #server: Int32Array;
  readonly #steps: (FlowStep | FlowGap)[] = [];
  #last: FlowStep[] = [];
  #odd = 0;
  #seen = 0;
  /** Of the client, and of the server: what counts as 0. */
  readonly #base: [number | undefined, number | undefined] = [undefined, undefined];

  /** @param tracker Sees every packet before this one does. */
  constructor(flow: Flow, tracker: FlowTracker) {
    this.#flow = flow;
    this.#tracker = tracker;
    this.#client = wordsOf(flow.client.address);
    this.#server = wordsOf(flow.server.address);
  }

  see(fields: PacketFields, number: number, interfaceId: number): void {
    const { client, server, firstFrame, firstNs } = this.#flow;
    if (number < firstFrame || this.#seen === client.packets + server.packets) return;
    if (!this.#isPlace(fields, interfaceId)) return;
    const fromClient = this.#isFrom(fields, this.#client, this.#server, client.port, server.port);
    if (!fromClient && !this.#isFrom(fields, this.#server, this.#client, server.port, client.port)) return;
    const atNs = BigInt(fields.seconds) * 1_000_000_000n + BigInt(fields.nanoseconds);
    this.#seen++;
    const isTcp = fields.protocol === IP_PROTOCOL.tcp;
    const isIcmp = fields.protocol === IP_PROTOCOL.icmp || fields.protocol === IP_PROTOCOL.icmpv6;
    this.#keep({
      number,
      sinceNs: Number(atNs - firstNs),
      fromClient,
      payloadBytes: fields.payloadBytes,
      tcp: isTcp && fields.hasTransport ? this.#relative(fields, fromClient ? 0 : 1) : undefined,
      icmpType: isIcmp ? fields.icmpType : undefined,
      marks: segmentMarks(this.#tracker.marks),
    });
  }

  conclude(): readonly Finding[] {
    return [];
  }

  /** In the order of the capture. */
  steps(): readonly (FlowStep | FlowGap)[] {
    return [...this.#steps, ...this.#last];
  }

  #keep(step: FlowStep): void {
    if (this.#steps.length < MOST_FIRST) {
      this.#steps.push(step);
      return;
    }
    this.#last.push(step);
    if (this.#last.length <= MOST_LAST) return;
    const [out, ...kept] = this.#last;
    this.#last = kept;
    if (out === undefined) return;
    if (out.marks.length > 0 && this.#odd++ < MOST_ODD) this.#steps.push(out);
    else this.#pass(out);
  }

  #pass({ payloadBytes }: FlowStep): void {
    const before = this.#steps.at(-1);
    if (before === undefined || 'number' in before) this.#steps.push({ packets: 1, payloadBytes });
    else {
      const gap = { packets: before.packets + 1, payloadBytes: before.payloadBytes + payloadBytes };
      this.#steps[this.#steps.length - 1] = gap;
    }
  }

  /** From 0 at the SYN; where that is not in the capture, from 1 at what is seen first, as Wireshark counts. */
  #relative({ tcpSeq, tcpAck, tcpFlags, tcpWindow }: PacketFields, side: 0 | 1): FlowStep['tcp'] {
    const isSyn = (tcpFlags & 2) !== 0;
    if (isSyn || this.#base[side] === undefined) this.#base[side] = isSyn ? tcpSeq : tcpSeq - 1;
    const other = side === 0 ? 1 : 0;
    if (this.#base[other] === undefined && (tcpFlags & 16) !== 0) this.#base[other] = tcpAck - 1;
    const seq = (tcpSeq - (this.#base[side] ?? 0)) >>> 0;
    return { flags: tcpFlags, seq, ack: (tcpAck - (this.#base[other] ?? 0)) >>> 0, window: tcpWindow };
  }

  #isPlace(fields: PacketFields, interfaceId: number): boolean {
    const { protocol, ifindex, vlans, tunnel, tunnelId } = this.#flow;
    if (fields.protocol !== protocol || (fields.network !== NETWORK.ipv4 && fields.network !== NETWORK.ipv6))
      return false;
    const place = pointParts(pointOf(fields.ifindex, interfaceId));
    if (place.interfaceId !== this.#flow.interfaceId || place.ifindex !== ifindex) return false;
    if ((vlans[0] ?? -1) !== fields.vlan || (vlans[1] ?? -1) !== fields.innerVlan) return false;
    return (
      (tunnel !== undefined) === fields.tunnelDepth > 0 && (tunnelId === undefined || tunnelId === fields.tunnelId)
    );
  }

  #isFrom(
    fields: PacketFields,
    source: Int32Array,
    dest: Int32Array,
    sourcePort: number | undefined,
    destPort: number | undefined,
  ): boolean {
    const hasPorts = fields.protocol === IP_PROTOCOL.tcp || fields.protocol === IP_PROTOCOL.udp;
    if (hasPorts && (fields.sourcePort !== (sourcePort ?? 0) || fields.destPort !== (destPort ?? 0))) return false;
    return (
      fields.source3 === source[3] &&
      fields.dest3 === dest[3] &&
      fields.source2 === source[2] &&
      fields.dest2 === dest[2] &&
      fields.source1 === source[1] &&
      fields.dest1 === dest[1] &&
      fields.source0 === source[0] &&
      fields.dest0 === dest[0]
    );
  }
}

/** As PacketFields has them: four words, IPv4 in the last. */
function wordsOf(address: Address): Int32Array {
  const bits = addressBits(address);
  const width = familyOf(address) === 'inet' ? 1 : 4;
  return Int32Array.from({ length: 4 }, (_, word) =>
    word < 4 - width ? 0 : Number(BigInt.asIntN(32, bits >> BigInt((3 - word) * 32))),
  );
}
