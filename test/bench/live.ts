/**
 * How many packets a second are followed live, on one core, of four places: the streams of two tcpdumps in memory,
 * through all that `nsdiag capture` does with them but for the file and the lines.
 *
 * @module
 */

import { PcapRecords } from '../../src/capture/pcap-records.ts';
import { TimeOrder } from '../../src/capture/time-order.ts';
import { Places } from '../../src/cli/capture/places.ts';
import { Tracking } from '../../src/cli/capture/tracking.ts';
import { hostOf, netnsName } from '../helpers/build-host.ts';
import { joined } from '../helpers/hex.ts';
import { udp, words } from '../helpers/packets.ts';
import { cooked, record, streamHead } from '../helpers/pcap-stream.ts';

export interface LiveRate {
  /** Each seen at four places. */
  readonly packets: number;
  readonly perSecond: number;
}

/** ns1 v1 --- v2 ns2 v3 --- v4 ns1: of each packet, two sightings a stream. */
const PACKETS = 200_000;
/** As tcpdump hands them on. */
const CHUNK_BYTES = 64 * 1024;
const GAP_NS = 8_000;

export function measureLive(): LiveRate {
  const streams = [
    streamOf([
      { ifindex: 2, packetType: 4, afterNs: 0 },
      { ifindex: 3, packetType: 0, afterNs: 3_000 },
    ]),
    streamOf([
      { ifindex: 2, packetType: 0, afterNs: 1_000 },
      { ifindex: 3, packetType: 4, afterNs: 2_000 },
    ]),
  ];
  const host = hostOf({
    ns1: { links: { v1: { peer: 'ns2:v2' }, v4: { peer: 'ns2:v3', addresses: ['10.0.2.1/24'] } } },
    ns2: { links: { v2: {}, v3: {} } },
  });
  const places = new Places(host);
  const order = new TimeOrder();
  const records = streams.map((_, at) => {
    places.listen(at, { netns: netnsName(at === 0 ? 'ns1' : 'ns2'), devices: undefined });
    const each = new PcapRecords(0);
    order.add(each, 0, () => false);
    return each;
  });
  let arrived = 0;
  const tracking = new Tracking({
    places,
    near: new Set(),
    seed: 1,
    filter: '',
    whyMissed: () => undefined,
    onDoubt: () => undefined,
    onJourney: ({ kind }) => {
      if (kind === 'arrived') arrived++;
    },
  });
  const begin = process.cpuUsage();
  for (let at = 0; streams.some((stream) => at < stream.length); at += CHUNK_BYTES) {
    for (const [stream, bytes] of streams.entries()) records[stream]?.push(bytes.slice(at, at + CHUNK_BYTES));
    order.tell(0, (stream, each) => tracking.see(stream, each), false);
    tracking.advance(order.toldNs);
  }
  order.finish((stream, each) => tracking.see(stream, each));
  tracking.finish(Number.MAX_SAFE_INTEGER, false);
  const { user, system } = process.cpuUsage(begin);
  if (arrived !== PACKETS) throw new Error(`followed ${arrived} of ${PACKETS} packets to their end`);
  return { packets: PACKETS, perSecond: PACKETS / ((user + system) / 1e6) };
}

interface Sighting {
  readonly ifindex: number;
  readonly packetType: 0 | 4;
  /** After the packet was sent. */
  readonly afterNs: number;
}

/** Datagrams that differ in their IP ID, as a sender numbers them, and in what they carry. */
function streamOf(sightings: readonly Sighting[]): Uint8Array {
  const pieces = [streamHead()];
  for (let packet = 0; packet < PACKETS; packet++) {
    const payload = joined(words(packet >>> 16, packet & 0xffff), new Uint8Array(60));
    const datagram = udp('10.0.1.1', '10.0.2.1', 4000, 9, payload, { id: packet & 0xffff });
    for (const { ifindex, packetType, afterNs } of sightings) {
      pieces.push(record(packet * GAP_NS + afterNs, cooked(datagram, ifindex, packetType)));
    }
  }
  return Buffer.concat(pieces);
}
