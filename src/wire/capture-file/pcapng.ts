/**
 * pcapng files: blocks of many kinds, in sections that each have their own byte order and interfaces (pcapng-layout.ts).
 *
 * Read: section header, interface description, enhanced and simple packet, the obsolete packet block, interface
 * statistics, name resolution, custom. Everything else is skipped, whatever its size.
 *
 * Source: draft-ietf-opsawg-pcapng.
 *
 * @module
 */

import type { CaptureEvents } from './events.ts';
import type { CaptureInterface } from './interface.ts';
import { NO_PACKET_OPTIONS, type PacketOptions } from './packet-options.ts';
import { INTERFACE_BYTES, interfaceOf, namesIn, STATISTICS_BYTES, statisticsOf } from './pcapng-blocks.ts';
import { BLOCK, BODY, BYTE_ORDER_MAGIC, FRAME_BYTES } from './pcapng-layout.ts';
import { OPTION, OPTION_HEADER_BYTES, optionsOf, optionText, padded } from './pcapng-options.ts';
import { PcapngClock } from './pcapng-time.ts';
import type { CaptureProblem } from './problem.ts';
import type { RecordParser, Window } from './record-parser.ts';

const SECTION_HEAD_BYTES = 12;
/** epb_dropcount: its header and eight bytes. */
const DROP_COUNT_BYTES = 12;
/** Before the options. */
const SECTION_BODY_BYTES = 16;

/** As libpcap has it: a packet block of this size is a lie. */
const MOST_KEPT_BYTES = 16 * 1024 * 1024;

/** They are kept to the end of the file, and a block of 20 bytes makes one. */
const MOST_INTERFACES = 65_536;

/** Whether four bytes begin a pcapng file; the type reads the same in both byte orders. */
export function isPcapng(view: DataView): boolean {
  return view.getUint32(0, true) === BLOCK.section;
}

export class PcapngParser implements RecordParser {
  readonly interfaces: CaptureInterface[] = [];
  packets = 0;
  problem: CaptureProblem | undefined;
  needBytes = SECTION_HEAD_BYTES;
  skipBytes = 0;
  readonly #events: CaptureEvents;
  readonly #clocks: PcapngClock[] = [];
  #isLittle = true;
  #section = -1;
  /** Index in `interfaces` of the section's first. */
  #firstInterface = 0;
  /** Where the options of the packet being told lie; `undefined` between packets. Not one object: that is per packet. */
  #optionsWindow: Window | undefined;
  #optionsStart = 0;
  #optionsEnd = 0;

  constructor(events: CaptureEvents) {
    this.#events = events;
  }

  parse(window: Window, start: number, end: number): number {
    const { view } = window;
    let at = start;
    while (this.problem === undefined) {
      if (end - at < FRAME_BYTES) {
        this.needBytes = FRAME_BYTES;
        break;
      }
      const isSection = view.getUint32(at, true) === BLOCK.section;
      if (isSection && !this.#readByteOrder(window, at)) break;
      const isLittle = this.#isLittle;
      const type = view.getUint32(at, isLittle);
      const totalBytes = view.getUint32(at + 4, isLittle);
      if (totalBytes < FRAME_BYTES || totalBytes % 4 !== 0) {
        this.#fail(window, at, `a block claims a length of ${totalBytes} bytes`);
        break;
      }
      if (!this.#isKept(type)) {
        this.skipBytes = totalBytes;
        return at;
      }
      if (totalBytes > MOST_KEPT_BYTES) {
        this.#fail(window, at, `a block claims ${totalBytes} bytes, more than the ${MOST_KEPT_BYTES} that make sense`);
        break;
      }
      if (end - at < totalBytes) {
        this.needBytes = totalBytes;
        break;
      }
      const closing = view.getUint32(at + totalBytes - 4, isLittle);
      if (closing !== totalBytes) {
        this.#fail(window, at, `a block's two lengths differ: ${totalBytes} and ${closing} bytes`);
        break;
      }
      const wrong = this.#take(window, type, at, at + totalBytes - 4);
      if (wrong !== undefined) {
        this.#fail(window, at, wrong);
        break;
      }
      at += totalBytes;
    }
    this.skipBytes = 0;
    return at;
  }

  cut(leftBytes: number, offset: number): CaptureProblem | undefined {
    if (leftBytes === 0) return undefined;
    const message = `the file ends within a block: ${leftBytes} of ${this.needBytes} bytes are there`;
    return { message, record: this.packets + 1, offset };
  }

  packetOptions(): PacketOptions {
    if (this.#optionsWindow === undefined) return NO_PACKET_OPTIONS;
    const { bytes, view } = this.#optionsWindow;
    const isLittle = this.#isLittle;
    const comments: string[] = [];
    let direction: PacketOptions['direction'];
    let droppedBefore: bigint | undefined;
    for (const { code, start: at, lengthBytes } of optionsOf(view, this.#optionsStart, this.#optionsEnd, isLittle)) {
      if (code === OPTION.comment) comments.push(optionText(bytes, at, lengthBytes));
      else if (code === OPTION.packetFlags && lengthBytes === 4) {
        direction = ([undefined, 'in', 'out', undefined] as const)[view.getUint32(at, isLittle) & 3];
      } else if (code === OPTION.packetDropCount && lengthBytes === 8) droppedBefore = view.getBigUint64(at, isLittle);
    }
    return { comments, direction, droppedBefore };
  }

  #isKept(type: number): boolean {
    switch (type) {
      case BLOCK.section:
      case BLOCK.interface:
      case BLOCK.obsoletePacket:
      case BLOCK.simplePacket:
      case BLOCK.statistics:
      case BLOCK.enhancedPacket:
        return true;
      case BLOCK.names:
        return this.#events.name !== undefined;
      case BLOCK.custom:
      case BLOCK.customNotToCopy:
        return this.#events.custom !== undefined;
      default:
        return false;
    }
  }

  /** A new section may turn the byte order round, its own length included. */
  #readByteOrder(window: Window, at: number): boolean {
    const magicAt = at + BODY;
    if (window.view.getUint32(magicAt, true) === BYTE_ORDER_MAGIC) this.#isLittle = true;
    else if (window.view.getUint32(magicAt, false) === BYTE_ORDER_MAGIC) this.#isLittle = false;
    else {
      this.#fail(window, at, 'a section begins without the mark of its byte order');
      return false;
    }
    return true;
  }

  /** @param end Where the body ends. @returns What is wrong with the block. */
  #take(window: Window, type: number, at: number, end: number): string | undefined {
    const body = at + BODY;
    switch (type) {
      case BLOCK.enhancedPacket:
        return this.#takePacket(window, body, end, false);
      case BLOCK.simplePacket:
        return this.#takeSimplePacket(window, body, end);
      case BLOCK.obsoletePacket:
        return this.#takePacket(window, body, end, true);
      case BLOCK.section:
        return this.#takeSection(window, body, end);
      case BLOCK.interface:
        return this.#takeInterface(window, body, end);
      case BLOCK.statistics:
        this.#takeStatistics(window, body, end);
        return undefined;
      case BLOCK.names:
        this.#takeNames(window, body, end);
        return undefined;
      default:
        this.#takeCustom(window, body, end);
        return undefined;
    }
  }

  #takeSection(window: Window, body: number, end: number): string | undefined {
    if (end - body < SECTION_BODY_BYTES) return 'a section header is too short';
    const major = window.view.getUint16(body + 4, this.#isLittle);
    if (major !== 1) return `version ${major} of the format is not known`;
    this.#section++;
    this.#firstInterface = this.interfaces.length;
    if (this.#events.sectionOption !== undefined) this.#tellOptions(window, body + SECTION_BODY_BYTES, end);
    return undefined;
  }

  #tellOptions({ bytes, view }: Window, start: number, end: number): void {
    for (const { code, start: at, lengthBytes } of optionsOf(view, start, end, this.#isLittle)) {
      if (code !== OPTION.customBinary || lengthBytes < 4) continue;
      this.#events.sectionOption?.(view.getUint32(at, this.#isLittle), bytes.subarray(at + 4, at + lengthBytes));
    }
  }

  #takeInterface(window: Window, body: number, end: number): string | undefined {
    if (end - body < INTERFACE_BYTES) return 'an interface description is too short';
    if (this.interfaces.length === MOST_INTERFACES) return `the file describes more than ${MOST_INTERFACES} interfaces`;
    const place = { section: this.#section, index: this.interfaces.length - this.#firstInterface };
    const described = interfaceOf(window, body, end, this.#isLittle, place);
    this.#clocks.push(new PcapngClock(described.resolution, described.offsetSeconds));
    this.interfaces.push(described);
    return undefined;
  }

  /** The obsolete block differs in the width of the interface's number alone; what stands behind that is the drops. */
  #takePacket(window: Window, body: number, end: number, isObsolete: boolean): string | undefined {
    if (end - body < 20) return 'a packet block is too short';
    const { view } = window;
    const isLittle = this.#isLittle;
    const interfaceId = isObsolete ? view.getUint16(body, isLittle) : view.getUint32(body, isLittle);
    const high = view.getUint32(body + 4, isLittle);
    const low = view.getUint32(body + 8, isLittle);
    const capturedBytes = view.getUint32(body + 12, isLittle);
    const originalBytes = view.getUint32(body + 16, isLittle);
    return this.#tell(window, body + 20, end, interfaceId, high, low, capturedBytes, originalBytes);
  }

  /** Of the section's first interface, without a time; how much was captured follows from all the lengths. */
  #takeSimplePacket(window: Window, body: number, end: number): string | undefined {
    if (end - body < 4) return 'a packet block is too short';
    const originalBytes = window.view.getUint32(body, this.#isLittle);
    const limitBytes = this.interfaces[this.#firstInterface]?.snapLengthBytes || originalBytes;
    const capturedBytes = Math.min(originalBytes, limitBytes, end - body - 4);
    return this.#tell(window, body + 4, end, 0, 0, 0, capturedBytes, originalBytes);
  }

  #tell(
    window: Window,
    start: number,
    end: number,
    interfaceId: number,
    high: number,
    low: number,
    capturedBytes: number,
    originalBytes: number,
  ): string | undefined {
    const id = this.#firstInterface + interfaceId;
    const clock = this.#clocks[id];
    if (clock === undefined) {
      return `a packet is of interface ${interfaceId}, which the section does not have`;
    }
    if (capturedBytes > end - start) {
      const message = `a packet claims ${capturedBytes} captured bytes, and its block has ${end - start}`;
      return message;
    }
    clock.read(high, low);
    this.packets++;
    this.#optionsWindow = window;
    this.#optionsStart = start + padded(capturedBytes);
    this.#optionsEnd = end;
    if (end - this.#optionsStart >= DROP_COUNT_BYTES) this.#countDrops(window, id);
    this.#events.packet(window.bytes, start, capturedBytes, originalBytes, clock.seconds, clock.nanoseconds, id);
    this.#optionsWindow = undefined;
    return undefined;
  }

  #countDrops({ view }: Window, id: number): void {
    const isLittle = this.#isLittle;
    const end = this.#optionsEnd;
    // By hand: `optionsOf()` makes an object for each, and this is done for every packet that has options.
    for (let at = this.#optionsStart; at + DROP_COUNT_BYTES <= end; ) {
      const code = view.getUint16(at, isLittle);
      const lengthBytes = view.getUint16(at + 2, isLittle);
      if (code === 0) return;
      const about = this.interfaces[id];
      if (code === OPTION.packetDropCount && lengthBytes === 8 && about !== undefined)
        about.droppedBefore += view.getBigUint64(at + OPTION_HEADER_BYTES, isLittle);
      at += OPTION_HEADER_BYTES + padded(lengthBytes);
    }
  }

  #takeStatistics(window: Window, body: number, end: number): void {
    if (end - body < STATISTICS_BYTES) return;
    const about = this.interfaces[this.#firstInterface + window.view.getUint32(body, this.#isLittle)];
    if (about !== undefined) about.statistics = statisticsOf(window, body + STATISTICS_BYTES, end, this.#isLittle);
  }

  #takeNames(window: Window, body: number, end: number): void {
    for (const { address, name } of namesIn(window, body, end, this.#isLittle)) this.#events.name?.(address, name);
  }

  #takeCustom({ bytes, view }: Window, body: number, end: number): void {
    if (end - body < 4) return;
    this.#events.custom?.(view.getUint32(body, this.#isLittle), bytes.subarray(body + 4, end));
  }

  #fail({ fileOffset }: Window, at: number, message: string): void {
    this.problem = { message, record: this.packets + 1, offset: fileOffset + at };
  }
}
