/**
 * Classic capture files: a header, then packets.
 *
 *     0               4       6       8               12              16              20              24
 *     +---------------+-------+-------+---------------+---------------+---------------+---------------+
 *     |     magic     | major | minor |     zone      |     sigfigs   |  snap length  |   link type   |
 *     +---------------+-------+-------+---------------+---------------+---------------+---------------+
 *     |    seconds    |   fraction    |   captured    |   original    |  the packet ...
 *     +---------------+---------------+---------------+---------------+
 *
 * Kuznetzov's variant has 8 more bytes before each packet (ifindex, protocol, packet type), which are not read. Files of
 * before 1998 have the two lengths in the other order. The upper bits of the link type are flags (FCS length).
 *
 * Source: draft-ietf-opsawg-pcap; libpcap sf-pcap.c.
 *
 * @module
 */

import type { CaptureEvents, OnPacket } from './events.ts';
import type { CaptureInterface } from './interface.ts';
import { NO_PACKET_OPTIONS, type PacketOptions } from './packet-options.ts';
import type { CaptureProblem } from './problem.ts';
import type { RecordParser, Window } from './record-parser.ts';

const FILE_AT = { major: 4, minor: 6, snapLength: 16, linkType: 20 } as const;
export const PCAP_HEADER_BYTES = 24;
const RECORD_AT = { seconds: 0, fraction: 4, captured: 8, original: 12 } as const;

/** By the magic in the file's own byte order. */
const VARIANTS = new Map([
  [0xa1b2c3d4, { nanosecondsPerTick: 1000, recordHeaderBytes: 16 }],
  [0xa1b23c4d, { nanosecondsPerTick: 1, recordHeaderBytes: 16 }],
  [0xa1b2cd34, { nanosecondsPerTick: 1000, recordHeaderBytes: 24 }],
]);

/** libpcap's MAXIMUM_SNAPLEN for all but a few link types, which are of no network. */
const MOST_PACKET_BYTES = 262_144;
/** LINKTYPE_DBUS, LINKTYPE_EBHSCR, LINKTYPE_USBPCAP: libpcap lets their packets be larger. */
const LARGE_LINK_TYPES = new Map([
  [231, 128 * 1024 * 1024],
  [279, 8 * 1024 * 1024],
  [249, 128 * 1024 * 1024],
]);
const LINK_TYPE_BITS = 0x03ff_ffff;
const NANOSECONDS = 1_000_000_000;

/** Whether four bytes begin a classic capture, and in which byte order. */
export function pcapByteOrder(view: DataView): 'little' | 'big' | undefined {
  if (VARIANTS.has(view.getUint32(0, true))) return 'little';
  return VARIANTS.has(view.getUint32(0, false)) ? 'big' : undefined;
}

export class PcapParser implements RecordParser {
  readonly interfaces: CaptureInterface[];
  packets = 0;
  problem: CaptureProblem | undefined;
  needBytes = 1;
  readonly skipBytes = 0;
  readonly #isLittle: boolean;
  readonly #nanosecondsPerTick: number;
  readonly #headerBytes: number;
  readonly #mostBytes: number;
  readonly #areLengthsSwapped: 'yes' | 'maybe' | 'no';
  readonly #onPacket: OnPacket;

  /** @param view At least the file's header. */
  constructor(view: DataView, { packet }: CaptureEvents) {
    this.#isLittle = pcapByteOrder(view) === 'little';
    const variant = VARIANTS.get(view.getUint32(0, this.#isLittle));
    if (variant === undefined) throw new Error('this is no classic capture');
    this.#nanosecondsPerTick = variant.nanosecondsPerTick;
    this.#headerBytes = variant.recordHeaderBytes;
    const major = view.getUint16(FILE_AT.major, this.#isLittle);
    const minor = view.getUint16(FILE_AT.minor, this.#isLittle);
    // 543.0: AIX's tcpdump.
    const isOld = (major === 2 && minor < 3) || major === 543;
    this.#areLengthsSwapped = isOld ? 'yes' : major === 2 && minor === 3 ? 'maybe' : 'no';
    const linkType = view.getUint32(FILE_AT.linkType, this.#isLittle) & LINK_TYPE_BITS;
    this.#mostBytes = LARGE_LINK_TYPES.get(linkType) ?? MOST_PACKET_BYTES;
    this.#onPacket = packet;
    this.interfaces = [
      {
        linkType,
        snapLengthBytes: view.getUint32(FILE_AT.snapLength, this.#isLittle),
        name: undefined,
        description: undefined,
        filter: undefined,
        resolution: { base: 10, exponent: variant.nanosecondsPerTick === 1 ? 9 : 6 },
        offsetSeconds: 0,
        section: 0,
        index: 0,
        statistics: undefined,
        droppedBefore: 0n,
      },
    ];
    if (major < 2 || (major > 2 && major !== 543)) {
      this.problem = { message: `version ${major}.${minor} of the format is not known`, record: 1, offset: 0 };
    }
  }

  parse({ bytes, view, fileOffset }: Window, start: number, end: number): number {
    const isLittle = this.#isLittle;
    const headerBytes = this.#headerBytes;
    const mostBytes = this.#mostBytes;
    const perTick = this.#nanosecondsPerTick;
    const onPacket = this.#onPacket;
    let at = start;
    while (this.problem === undefined) {
      if (end - at < headerBytes) {
        this.needBytes = headerBytes;
        break;
      }
      let capturedBytes = view.getUint32(at + RECORD_AT.captured, isLittle);
      let originalBytes = view.getUint32(at + RECORD_AT.original, isLittle);
      if (this.#areLengthsSwapped !== 'no' && (this.#areLengthsSwapped === 'yes' || capturedBytes > originalBytes)) {
        [capturedBytes, originalBytes] = [originalBytes, capturedBytes];
      }
      if (capturedBytes > mostBytes) {
        const message = `a packet claims ${capturedBytes} captured bytes, more than the ${mostBytes} that there can be`;
        this.problem = { message, record: this.packets + 1, offset: fileOffset + at };
        break;
      }
      if (end - at < headerBytes + capturedBytes) {
        this.needBytes = headerBytes + capturedBytes;
        break;
      }
      let seconds = view.getUint32(at + RECORD_AT.seconds, isLittle);
      let nanoseconds = view.getUint32(at + RECORD_AT.fraction, isLittle) * perTick;
      if (nanoseconds >= NANOSECONDS) {
        seconds += Math.floor(nanoseconds / NANOSECONDS);
        nanoseconds %= NANOSECONDS;
      }
      this.packets++;
      onPacket(bytes, at + headerBytes, capturedBytes, originalBytes, seconds, nanoseconds, 0);
      at += headerBytes + capturedBytes;
    }
    return at;
  }

  cut(leftBytes: number, offset: number): CaptureProblem | undefined {
    if (leftBytes === 0) return undefined;
    const message = `the file ends within a packet: ${leftBytes} of ${this.needBytes} bytes are there`;
    return { message, record: this.packets + 1, offset };
  }

  packetOptions(): PacketOptions {
    return NO_PACKET_OPTIONS;
  }
}
