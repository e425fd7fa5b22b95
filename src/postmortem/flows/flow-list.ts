/**
 * The flows of a capture that has ended. They stay numbers until one is asked for.
 *
 * @module
 */

import { type Address, addressFromBytes } from '../../net/address.ts';
import { NETWORK, TUNNEL } from '../../wire/fields.ts';
import { IP_PROTOCOL } from '../../wire/ip-protocol.ts';
import type { Flow, FlowEnd, FlowSide } from './flow.ts';
import {
  COMMON,
  COMMON_NUMBER,
  FLOW_STATE,
  KEY,
  RECORD_NUMBERS,
  RECORD_WORDS,
  SIDE,
  SIDE_AT,
  SIDE_NUMBER,
  SIDE_NUMBER_AT,
  SIDE_NUMBERS,
  SIDE_STATE,
  SIDE_WORDS,
} from './flow-record.ts';
import { pointParts } from './point.ts';
import { clientSide, portOf } from './service.ts';

export interface FlowRecords {
  readonly words: Int32Array;
  readonly numbers: Float64Array;
  readonly count: number;
  /** How many more there were, which had to make room. */
  readonly forgotten: number;
  readonly capture: number;
  /** The second that times count from. */
  readonly epoch: number;
}

const TUNNEL_NAMES: ReadonlyMap<number, Flow['tunnel']> = new Map([
  [TUNNEL.vxlan, 'vxlan'],
  [TUNNEL.gre, 'gre'],
  [TUNNEL.ipip, 'ipip'],
  [TUNNEL.geneve, 'geneve'],
]);

/** 4 MB: what hundreds of small captures keep is small then. */
const MOST_COPIED = 10_000;

export class FlowList {
  #records: FlowRecords;
  #order: Int32Array | undefined;

  /** @param records Of one capture; few are copied, so that the large table can go, many are kept where they are. */
  constructor(records: FlowRecords) {
    if (records.count > MOST_COPIED) {
      this.#records = records;
      return;
    }
    const words = records.words.slice(0, records.count * RECORD_WORDS);
    this.#records = { ...records, words, numbers: new Float64Array(words.buffer) };
  }

  /** Those that are held. */
  get held(): number {
    return this.#records.count;
  }

  /** All that there were. */
  get count(): number {
    return this.#records.count + this.#records.forgotten;
  }

  /** Only how many there were will be asked: what they were takes 55 MB of a large capture, and may go. */
  release(): void {
    this.#records = { ...this.#records, words: new Int32Array(0), numbers: new Float64Array(0) };
  }

  /** Whether what these are is read there. */
  isIn(words: Int32Array): boolean {
    return this.#records.words.buffer === words.buffer;
  }

  /** @param position From 0, in the order in which the flows began. */
  at(position: number): Flow {
    this.#order ??= this.#byBeginning();
    return this.#flow(this.#order[position] as number, position + 1);
  }

  *[Symbol.iterator](): Iterator<Flow> {
    for (let position = 0; position < this.held; position++) yield this.at(position);
  }

  /** Records are reused, so their order is not that of the flows. */
  #byBeginning(): Int32Array {
    const { words, count } = this.#records;
    const frame = (flow: number) => words[flow * RECORD_WORDS + COMMON.firstFrame] as number;
    return Int32Array.from({ length: count }, (_, flow) => flow).sort((a, b) => frame(a) - frame(b));
  }

  #flow(flow: number, number: number): Flow {
    const { words, numbers, capture, epoch } = this.#records;
    const record = flow * RECORD_WORDS;
    const first = flow * RECORD_NUMBERS;
    const what = words[record + KEY.what] as number;
    const vlans = words[record + KEY.vlans] as number;
    const state = words[record + COMMON.state] as number;
    const protocol = what & 0xff;
    const isTcp = protocol === IP_PROTOCOL.tcp;
    const client = clientSide(words, flow);
    const { interfaceId, ifindex } = pointParts(words[record + KEY.point] as number);
    const firstTime = numbers[first + COMMON_NUMBER.firstTime] as number;
    const last = Math.max(this.#number(flow, 0, SIDE_NUMBER.lastTime), this.#number(flow, 1, SIDE_NUMBER.lastTime));
    const tunnel = TUNNEL_NAMES.get((what >> 12) & 0xf);
    const handshake = numbers[first + COMMON_NUMBER.handshake] as number;
    return {
      capture,
      number,
      protocol,
      client: this.#side(flow, client),
      server: this.#side(flow, 1 - client),
      vlans: [vlans >>> 16, vlans & 0xffff].filter((id) => id > 0).map((id) => id - 1),
      tunnel,
      tunnelId: tunnel === undefined || tunnel === 'ipip' ? undefined : (words[record + KEY.tunnelId] as number) >>> 0,
      interfaceId,
      ifindex,
      firstFrame: words[record + COMMON.firstFrame] as number,
      firstNs: absolute(epoch, firstTime),
      lastNs: absolute(epoch, last),
      handshakeNs: isTcp && (state & FLOW_STATE.established) !== 0 && handshake > 0 ? handshake : undefined,
      end: isTcp ? this.#end(flow, client, state) : undefined,
      isWhole: isTcp ? (state & FLOW_STATE.synSeen) !== 0 : undefined,
    };
  }

  #side(flow: number, side: number): FlowSide {
    const { words } = this.#records;
    const record = flow * RECORD_WORDS;
    const mine = record + SIDE_AT + side * SIDE_WORDS;
    const roundTrips = words[mine + SIDE.roundTrips] as number;
    const scale = words[mine + SIDE.windowScale] as number;
    const port = portOf(words, flow, side);
    return {
      address: addressOfWords(words, record + side * 4, ((words[record + KEY.what] as number) >> 8) & 0xf),
      port: port === 0 ? undefined : port,
      packets: words[mine + SIDE.packets] as number,
      bytes: this.#number(flow, side, SIDE_NUMBER.bytes),
      payloadBytes: this.#number(flow, side, SIDE_NUMBER.payloadBytes),
      sentAgain: words[mine + SIDE.sentAgain] as number,
      roundTripNs: roundTrips === 0 ? undefined : this.#number(flow, side, SIDE_NUMBER.roundTripSum) / roundTrips,
      windowScale: scale < 0 ? undefined : scale,
    };
  }

  #end(flow: number, client: number, state: number): FlowEnd {
    const { words } = this.#records;
    const sideState = (side: number) => words[flow * RECORD_WORDS + SIDE_AT + side * SIDE_WORDS + SIDE.state] as number;
    if (state & (FLOW_STATE.refused | FLOW_STATE.portUnreachable | FLOW_STATE.rejected)) return 'refused';
    const fins = Number((sideState(0) & SIDE_STATE.fin) !== 0) + Number((sideState(1) & SIDE_STATE.fin) !== 0);
    if (fins === 2) return 'closed';
    if (state & FLOW_STATE.resetByClient) return 'reset-by-client';
    if (state & FLOW_STATE.resetByServer) return 'reset-by-server';
    if ((state & FLOW_STATE.established) === 0 && (state & FLOW_STATE.synSeen) !== 0) {
      const answers = words[flow * RECORD_WORDS + SIDE_AT + (1 - client) * SIDE_WORDS + SIDE.packets] as number;
      return answers === 0 ? 'unanswered' : 'half-open';
    }
    return fins === 1 ? 'half-closed' : 'open';
  }

  #number(flow: number, side: number, which: number): number {
    return this.#records.numbers[flow * RECORD_NUMBERS + SIDE_NUMBER_AT + side * SIDE_NUMBERS + which] as number;
  }
}

/** @param at Of four words, of which IPv4 has the last. */
export function addressOfWords(words: Int32Array, at: number, network: number): Address {
  const bytes = new Uint8Array(16);
  const view = new DataView(bytes.buffer);
  for (let word = 0; word < 4; word++) view.setInt32(word * 4, words[at + word] as number);
  return addressFromBytes(network === NETWORK.ipv6 ? bytes : bytes.subarray(12));
}

/** To the time of the capture's clock. Whole nanoseconds for the first 104 days of a capture. */
export function absolute(epoch: number, time: number): bigint {
  return BigInt(epoch) * 1_000_000_000n + BigInt(Math.round(time));
}
