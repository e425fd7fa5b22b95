/**
 * TCP conversations as captures: written segment by segment, or made at random with everything that goes wrong on a
 * network.
 *
 * @module
 */

const NANOSECONDS = 1_000_000_000;
const FLAG = { F: 1, S: 2, R: 4, P: 8, A: 16 } as const;

/** One segment; numbers are relative to where its side began, as Wireshark shows them. */
export interface Segment {
  /** `>` from the client, `<` from the server. */
  readonly from: '>' | '<';
  /** Letters of S, A, F, R, P. */
  readonly flags: string;
  readonly seq: number;
  readonly ack: number;
  readonly bytes?: number;
  readonly window?: number;
  /** Nanoseconds since the one before. */
  readonly after?: number;
  /** Shift of the window, told in a SYN. */
  readonly scale?: number;
  readonly clientPort?: number;
  readonly vlan?: number;
}

/** A classic pcap (nanoseconds, Ethernet) of segments between 10.0.0.1 and 10.0.0.2 port 80. */
export function captureOf(segments: readonly Segment[]): Buffer {
  const parts: Uint8Array[] = [Buffer.from('4d3cb2a1020004000000000000000000ffff000001000000', 'hex')];
  let time = 1_000_000_000 * NANOSECONDS;
  for (const [index, segment] of segments.entries()) {
    time += segment.after ?? 100_000;
    const untagged = frameOf(segment, index);
    const frame = segment.vlan === undefined ? untagged : tagged(untagged, segment.vlan);
    const header = Buffer.alloc(16);
    header.writeUInt32LE(Math.floor(time / NANOSECONDS), 0);
    header.writeUInt32LE(time % NANOSECONDS, 4);
    header.writeUInt32LE(frame.length, 8);
    header.writeUInt32LE(frame.length, 12);
    parts.push(header, frame);
  }
  return Buffer.concat(parts);
}

function tagged(frame: Buffer, vlan: number): Buffer {
  return Buffer.concat([frame.subarray(0, 12), Buffer.from([0x81, 0, vlan >> 8, vlan & 0xff]), frame.subarray(12)]);
}

function frameOf(segment: Segment, ipId: number): Buffer {
  const { from, flags, seq, ack, bytes = 0, window = 1000, scale, clientPort = 40_000 } = segment;
  const options = scale === undefined ? [] : [2, 4, 5, 0xb4, 3, 3, scale, 0];
  const tcpBytes = 20 + options.length;
  const frame = Buffer.alloc(14 + 20 + tcpBytes + bytes);
  const isClient = from === '>';
  frame.set([2, 0, 0, 0, 0, isClient ? 2 : 1, 2, 0, 0, 0, 0, isClient ? 1 : 2, 8, 0]);
  frame.set([0x45, 0, 0, 0, 0, 0, 0x40, 0, 64, 6, 0, 0, 10, 0, 0, isClient ? 1 : 2, 10, 0, 0, isClient ? 2 : 1], 14);
  frame.writeUInt16BE(20 + tcpBytes + bytes, 16);
  frame.writeUInt16BE(ipId & 0xffff, 18);
  frame.writeUInt16BE(isClient ? clientPort : 80, 34);
  frame.writeUInt16BE(isClient ? 80 : clientPort, 36);
  const [mine, theirs] = isClient ? [1000, 5_000_000] : [5_000_000, 1000];
  frame.writeUInt32BE((mine + seq) >>> 0, 38);
  frame.writeUInt32BE(flags.includes('A') ? (theirs + ack) >>> 0 : 0, 42);
  frame[46] = (tcpBytes / 4) << 4;
  for (const [letter, bit] of Object.entries(FLAG)) {
    if (flags.includes(letter)) frame[47] = (frame[47] ?? 0) | bit;
  }
  frame.writeUInt16BE(window, 48);
  frame.set(options, 54);
  return frame;
}

/** SYN, SYN-ACK and ACK, a millisecond apart. */
export const HANDSHAKE: readonly Segment[] = [
  { from: '>', flags: 'S', seq: 0, ack: 0, scale: 2 },
  { from: '<', flags: 'SA', seq: 0, ack: 1, scale: 3, after: 1e6 },
  { from: '>', flags: 'A', seq: 1, ack: 1, after: 1e6 },
];

/** Numbers below a limit, always the same for a seed. */
export type Draw = (limit: number) => number;

export function drawer(seed: number): Draw {
  let state = seed >>> 0;
  return (limit) => {
    // Mulberry32.
    state = (state + 0x6d2b_79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
}

/**
 * A conversation in which anything may happen to a segment: lost before the capture, twice in it, later than the next,
 * sent again soon, late, after duplicate acknowledgements or after its acknowledgement; closed windows and probes of
 * them, full windows, keep-alives with and without answer, the ports used again.
 */
export function randomConversation(draw: Draw): readonly Segment[] {
  const segments: Segment[] = [];
  for (let connection = 1 + draw(2); connection > 0; connection--) {
    const start = draw(2) === 0 ? 0 : draw(1_000_000);
    const shifted = ({ seq, ack, flags, from, ...rest }: Segment): Segment => {
      const mine = from === '>' ? start : 0;
      const theirs = from === '>' ? 0 : start;
      return { ...rest, from, flags, seq: seq + mine, ack: flags.includes('A') ? ack + theirs : 0 };
    };
    segments.push(...oneConnection(draw).map(shifted));
  }
  return segments;
}

function oneConnection(draw: Draw): readonly Segment[] {
  const segments: Segment[] = draw(8) === 0 ? [] : [...HANDSHAKE];
  const next = { '>': 1, '<': 1 };
  const window = { '>': 1000, '<': 1000 };
  const after = () => [1000, 200_000, 2_000_000, 25_000_000, 400_000_000][draw(5)] ?? 0;
  for (let steps = 5 + draw(40); steps > 0; steps--) {
    const from = draw(4) === 0 ? '<' : '>';
    const to = from === '>' ? '<' : '>';
    const bytes = [1, 100, 1000, 1460][draw(4)] ?? 1;
    const data: Segment = {
      from,
      flags: 'A',
      seq: next[from],
      ack: next[to],
      bytes,
      window: window[from],
      after: after(),
    };
    const acknowledgement: Segment = {
      from: to,
      flags: 'A',
      seq: next[to],
      ack: next[from],
      window: window[to],
      after: after(),
    };
    switch (draw(13)) {
      case 0:
        next[from] += bytes; // lost before the capture
        break;
      case 1:
        segments.push(data, { ...data, after: after() });
        next[from] += bytes;
        break;
      case 2:
        segments.push({ ...data, seq: next[from] + bytes, bytes: 50 }, { ...data, after: after() });
        next[from] += bytes + 50;
        break;
      case 3:
        // A hole, two acknowledgements or more that say so, and what fills it.
        segments.push({ ...data, seq: next[from] + bytes, bytes: 200 });
        for (let times = 1 + draw(4); times > 0; times--) segments.push({ ...acknowledgement, after: 10_000 });
        segments.push({ ...data, after: after() });
        next[from] += bytes + 200;
        break;
      case 4:
        segments.push({ ...acknowledgement, window: 0 });
        window[to] = 0;
        break;
      case 5:
        segments.push({ ...data, bytes: 1 }, { ...acknowledgement, window: window[to] });
        if (window[to] > 0) next[from] += 1;
        break;
      case 6:
        window[to] = 500 + draw(1000);
        segments.push({ ...acknowledgement, window: window[to] });
        break;
      case 7:
        segments.push({ ...data, seq: next[from] - 1, bytes: draw(2) });
        if (draw(2) === 0) segments.push(acknowledgement);
        break;
      case 8:
        if (next[from] > 200) segments.push({ ...data, seq: next[from] - 150, bytes: 100 });
        break;
      case 9:
        segments.push({ ...data, bytes: Math.max(1, window[to] << (to === '>' ? 2 : 3)) % 60_000 });
        next[from] += Math.max(1, window[to] << (to === '>' ? 2 : 3)) % 60_000;
        break;
      case 10:
        segments.push(acknowledgement);
        break;
      case 11:
        segments.push({ ...acknowledgement, ack: next[from] + 300 });
        break;
      default:
        segments.push(data);
        next[from] += bytes;
        if (draw(2) === 0) segments.push({ ...acknowledgement, ack: next[from] });
    }
  }
  switch (draw(4)) {
    case 0:
      segments.push({ from: '>', flags: 'FA', seq: next['>'], ack: next['<'] });
      segments.push({ from: '<', flags: 'FA', seq: next['<'], ack: next['>'] + 1 });
      break;
    case 1:
      segments.push({ from: '<', flags: 'RA', seq: next['<'], ack: next['>'] });
      break;
    default:
  }
  return segments;
}
