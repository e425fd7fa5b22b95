/**
 * A pcapng file while it is captured into.
 *
 *     const file = await PcapngFile.open('all.pcapng', { application: 'nsdiag 0.1.0', snapshot }, signal);
 *     const veth0 = file.describe({ name: 'ns1:veth0', linkType, snapLengthBytes });
 *     file.packet(veth0, seconds, nanoseconds, bytes, start, capturedBytes, originalBytes, 'in');
 *     await file.drained;                            a pipe whose reader is slow
 *     file.flush();                                  now and then
 *     file.statistics({ interfaceId: veth0, ... });
 *     await file.close();
 *
 * At any moment the file holds whole blocks. Order is the caller's: packets are written as they are told. Everything but
 * `drained` may throw a Failure (`bad-file`: a full disk, a reader that went); what was written before stays valid.
 *
 * @module
 */

import { OutputFile } from '../system/output-file.ts';
import { wholeBlocks } from '../wire/capture-file/write-block.ts';
import {
  type BlockBuffer,
  type Direction,
  type PacketToWrite,
  packetBlock,
  packetBlockBytes,
  writePacket,
} from '../wire/capture-file/write-packet.ts';
import {
  type InterfaceToWrite,
  interfaceBlock,
  type SectionToWrite,
  type StatisticsToWrite,
  sectionBlock,
  statisticsBlock,
} from '../wire/capture-file/write-pcapng.ts';
import { RecordBuffer } from './record-buffer.ts';

export class PcapngFile {
  readonly #file: OutputFile;
  readonly #buffer: RecordBuffer;
  #interfaces = 0;
  /** By interface, what its last packet lay in: most often the next one does, too. */
  readonly #sources: (BlockBuffer | undefined)[] = [];

  private constructor(file: OutputFile) {
    this.#file = file;
    this.#buffer = new RecordBuffer(file, wholeBlocks);
  }

  /** @param path `-` is standard output; a named pipe waits for its reader. */
  static async open(path: string, section: SectionToWrite, signal: AbortSignal): Promise<PcapngFile> {
    const file = new PcapngFile(await OutputFile.open(path, signal));
    // At once, that a place that cannot be written to shows before anything is captured.
    file.#buffer.append(sectionBlock(section));
    file.#buffer.flush();
    return file;
  }

  /** @returns The interface's number, for its packets. */
  describe(described: InterfaceToWrite): number {
    this.#buffer.append(interfaceBlock(described));
    return this.#interfaces++;
  }

  /** Every packet of a flood: numbers, see `writePacket()`. */
  packet(
    interfaceId: number,
    seconds: number,
    nanoseconds: number,
    source: Uint8Array,
    start: number,
    capturedBytes: number,
    originalBytes: number,
    direction: Direction,
  ): void {
    let from = this.#sources[interfaceId];
    if (from?.bytes !== source) {
      from = { bytes: source, view: new DataView(source.buffer, source.byteOffset, source.byteLength) };
      this.#sources[interfaceId] = from;
    }
    const buffer = this.#buffer;
    const at = buffer.room(packetBlockBytes(capturedBytes));
    const end = writePacket(
      buffer,
      at,
      interfaceId,
      seconds,
      nanoseconds,
      from,
      start,
      capturedBytes,
      originalBytes,
      direction,
    );
    buffer.end(end);
  }

  /** A packet that there is something to say about. */
  remark(packet: PacketToWrite): void {
    this.#buffer.append(packetBlock(packet));
  }

  statistics(counted: StatisticsToWrite): void {
    this.#buffer.append(statisticsBlock(counted));
  }

  /** Resolves when a slow reader has caught up; `undefined` when there is nothing to wait for. */
  get drained(): Promise<void> | undefined {
    return this.#file.drained;
  }

  flush(): void {
    this.#buffer.flush();
  }

  /** @param withinMs For a pipe, see `OutputFile.close()`. */
  async close(withinMs?: number): Promise<void> {
    try {
      this.#buffer.flush();
    } finally {
      await this.#file.close(withinMs);
    }
  }
}
