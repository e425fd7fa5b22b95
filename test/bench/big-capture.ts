/**
 * Captures as large as one likes, of TCP conversations that take place side by side: what `npm run bench` reads. The
 * same options make the same bytes, on any machine.
 *
 * 5 M packets are 1.1 GB and 174,000 flows. Clients of 10.0.0.0/8 reach servers through a router that translates them
 * to 203.0.113.1; either side of it can be had, with what was lost in between: a lost segment is in the capture of the
 * servers' side only.
 *
 * @module
 */

import { type CaptureFormat, CaptureWriter } from './big-capture/capture-writer.ts';
import { conversation, type Segment } from './big-capture/conversation.ts';
import { type Endpoints, writeFrame } from './big-capture/frame.ts';
import { Random } from './big-capture/random.ts';

export interface BigCaptureOptions {
  /** So many are sent; those that are lost before the clients' side are not in its capture. */
  readonly packets: number;
  readonly format: CaptureFormat;
  /** Of the router that translates. */
  readonly side: 'clients' | 'servers';
}

interface BigCapture {
  readonly packets: number;
  readonly bytes: number;
  readonly flows: number;
}

interface Talk {
  readonly segments: Iterator<Segment, void>;
  readonly endpoints: Endpoints;
}

const SEED = 20_261_122;
const SIDE_BY_SIDE = 512;
const BEGIN_MICROSECONDS = 1_795_309_200_000_000;
/** 100 µs on average, and never less than the way through the router takes to and fro. */
const LEAST_STEP_MICROSECONDS = 41;
const STEP_SPREAD_MICROSECONDS = 119;
const ROUTER_MICROSECONDS = 20;

const CLIENTS = 1000;
const SERVERS = 50;
const ROUTER_ADDRESS = 0xcb007101;
const ROUTER_PORTS = 60_000;

/** Write one. */
export function writeBigCapture(path: string, { packets, format, side }: BigCaptureOptions): BigCapture {
  const random = new Random(SEED);
  const writer = new CaptureWriter(path, format);
  let flows = 0;
  const start = (): Talk => ({ segments: conversation(random), endpoints: endpointsOf(flows++, side) });
  const talks = Array.from({ length: SIDE_BY_SIDE }, start);

  let microseconds = BEGIN_MICROSECONDS;
  for (let sent = 0; sent < packets; ) {
    const index = random.below(talks.length);
    const talk = talks[index] ?? start();
    const { done, value: segment } = talk.segments.next();
    if (done || segment === undefined) {
      talks[index] = start();
      continue;
    }
    sent++;
    microseconds += LEAST_STEP_MICROSECONDS + random.below(STEP_SPREAD_MICROSECONDS);
    if (segment.isLost && side === 'clients') continue;
    const isAway = segment.fromClient !== (side === 'clients');
    const ttl = isAway ? 63 : 64;
    const seen = microseconds + (isAway ? ROUTER_MICROSECONDS : 0);
    const milliseconds = Math.floor(microseconds / 1000) % 2 ** 32;
    const at = writer.frameAt();
    const ipId = sent & 0xffff;
    const { bytes, view } = writer;
    writer.commit(writeFrame(bytes, view, at, segment, talk.endpoints, ttl, ipId, milliseconds), seen);
  }
  writer.close();
  return { packets: writer.packets, bytes: writer.writtenBytes, flows };
}

/** Of the n-th flow; no two flows share them, on either side. */
function endpointsOf(flow: number, side: BigCaptureOptions['side']): Endpoints {
  const round = Math.floor(flow / ROUTER_PORTS);
  const server = 0xc6336400 + 1 + ((flow + round) % SERVERS);
  const serverPort = flow % 3 === 0 ? 80 : 443;
  return side === 'clients'
    ? { client: clientOf(flow), clientPort: 32_768 + Math.floor(flow / CLIENTS), server, serverPort }
    : { client: ROUTER_ADDRESS, clientPort: 1024 + (flow % ROUTER_PORTS), server, serverPort };
}

function clientOf(flow: number): number {
  const host = flow % CLIENTS;
  return 0x0a000000 + ((host >> 8) << 8) + (host & 0xff);
}
