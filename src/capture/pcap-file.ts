/**
 * A classic capture file while it is captured into: one link type, nanoseconds, for tools that read nothing else.
 *
 * As pcapng-file.ts, with neither interfaces nor anything to say about them.
 *
 * @module
 */

import { OutputFile } from '../system/output-file.ts';
import { pcapHeader, pcapRecordBytes, wholeRecords, writeRecord } from '../wire/capture-file/write-pcap.ts';
import { RecordBuffer } from './record-buffer.ts';

export class PcapFile {
  readonly #file: OutputFile;
  readonly #buffer: RecordBuffer;

  private constructor(file: OutputFile) {
    this.#file = file;
    this.#buffer = new RecordBuffer(file, wholeRecords);
  }

  /** @param linkType See LINK_TYPE. @param snapLengthBytes 0: no limit. */
  static async open(path: string, linkType: number, snapLengthBytes: number, signal: AbortSignal): Promise<PcapFile> {
    const output = await OutputFile.open(path, signal);
    output.write(pcapHeader(linkType, snapLengthBytes), () => 0);
    return new PcapFile(output);
  }

  packet(
    seconds: number,
    nanoseconds: number,
    source: Uint8Array,
    start: number,
    capturedBytes: number,
    originalBytes: number,
  ): void {
    const buffer = this.#buffer;
    const at = buffer.room(pcapRecordBytes(capturedBytes));
    buffer.end(writeRecord(buffer, at, seconds, nanoseconds, source, start, capturedBytes, originalBytes));
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
