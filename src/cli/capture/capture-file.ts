/**
 * What `-w` writes: one pcapng with an interface for each device, and with `--split` a classic file for each namespace.
 *
 * @module
 */

import { arch, release } from 'node:os';
import { join, parse } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Counters } from '../../capture/counters.ts';
import { PcapFile } from '../../capture/pcap-file.ts';
import type { PcapRecords } from '../../capture/pcap-records.ts';
import { PcapngFile } from '../../capture/pcapng-file.ts';
import { roleText } from '../../report/device-text.ts';
import { ABOUT_THE_FILE } from '../../report/text/capture-comment.ts';
import { snapshotOptions } from '../../wire/capture-file/embedded-snapshot.ts';
import type { Moment } from '../../wire/capture-file/write-pcapng.ts';
import { LINK_TYPE } from '../../wire/link-type.ts';
import { VERSION } from '../version.ts';
import type { Places } from './places.ts';
import type { Outcome, Remarks } from './remarks.ts';
import type { CaptureRequest } from './request.ts';

interface Written {
  readonly interfaceId: number;
  readonly name: string;
  readonly stream: number;
  packets: number;
}

export interface CaptureFileOptions {
  readonly path: string;
  readonly request: Pick<CaptureRequest, 'filter' | 'snapLengthBytes' | 'isSplit'>;
  readonly places: Places;
  /** What `nsdiag snapshot` prints. */
  readonly snapshot: string;
  readonly signal: AbortSignal;
}

export class CaptureFile {
  /** Why the snapshot is not within. */
  readonly note: string | undefined;
  readonly #options: CaptureFileOptions;
  readonly #all: PcapngFile;
  /** By stream and ifindex. */
  readonly #interfaces = new Map<number, Written>();
  /** By point: the same, found without a number that is larger than V8 keeps in place. */
  readonly #byPoint: (Written | undefined)[] = [];
  /** By stream. */
  readonly #split: (PcapFile | undefined)[] = [];
  readonly #splitPaths: string[] = [];

  private constructor(options: CaptureFileOptions, all: PcapngFile, note: string | undefined) {
    this.#options = options;
    this.#all = all;
    this.note = note;
  }

  /** @throws Failure `bad-file` where it cannot be written. */
  static async open(options: CaptureFileOptions): Promise<CaptureFile> {
    const snapshot = snapshotOptions(gzipSync(options.snapshot));
    const section = {
      hardware: arch(),
      system: `Linux ${release()}`,
      application: `nsdiag ${VERSION}`,
      comments: [ABOUT_THE_FILE],
    };
    const all = await PcapngFile.open(options.path, snapshot ? { ...section, snapshot } : section, options.signal);
    return new CaptureFile(options, all, snapshot ? undefined : 'the snapshot of the host is too large to be within');
  }

  /** That namespace is listened in from now on. */
  async listen(stream: number, netns: string): Promise<void> {
    const { request, path, signal } = this.#options;
    if (!request.isSplit) return;
    const { dir, name } = parse(path);
    // A namespace may be called by a path, and two names may become one.
    const part = netns.replace(/[^\w.-]+/g, '_');
    const taken = this.#split.length;
    const file = join(dir, `${name}-${part}${part === netns ? '' : `-${taken}`}.pcap`);
    this.#split[stream] = await PcapFile.open(file, LINK_TYPE.linuxSll2, request.snapLengthBytes, signal);
    this.#splitPaths.push(file);
  }

  /** @param point Where it was seen. @throws Failure when there is no more room. */
  packet(point: number, records: PcapRecords): void {
    const place = this.#options.places.all[point];
    if (place === undefined) return;
    const { seconds, nanoseconds, bytes, start, capturedBytes, originalBytes } = records;
    let written = this.#byPoint[point];
    if (written === undefined) {
      written = this.#interfaces.get(place.stream * 2 ** 32 + place.ifindex) ?? this.#describe(place);
      this.#byPoint[point] = written;
    }
    written.packets++;
    const { interfaceId } = written;
    this.#all.packet(interfaceId, seconds, nanoseconds, bytes, start, capturedBytes, originalBytes, place.direction);
    this.#split[place.stream]?.packet(seconds, nanoseconds, bytes, start, capturedBytes, originalBytes);
  }

  /** Of --split: classic files, one a namespace. */
  get splitPaths(): readonly string[] {
    return this.#splitPaths;
  }

  /** Resolves when a slow reader has caught up; `undefined` when there is nothing to wait for. */
  get drained(): Promise<void> | undefined {
    return this.#all.drained;
  }

  /** What has come so far is in the file afterwards. */
  flush(): void {
    this.#all.flush();
    for (const file of this.#split) file?.flush();
  }

  /**
   * Comments on packets of a file that has been closed, and on the file itself.
   *
   * @returns What a person should know of it: that they are not there, or not all.
   */
  comment(remarks: Remarks, outcome: Outcome): Promise<string | undefined> {
    const names: string[] = [];
    for (const { interfaceId, name } of this.#interfaces.values()) names[interfaceId] = name;
    // Ctrl-C is how a capture ends.
    return remarks.putInto(this.#options.path, (id) => names[id], outcome, new AbortController().signal);
  }

  /** @param countersOf What tcpdump counted in the namespace of a stream; `undefined`: it did not say. */
  async close(countersOf: (stream: number) => Counters | undefined, at: Moment): Promise<void> {
    const told = new Set<number>();
    for (const { interfaceId, stream, packets } of this.#interfaces.values()) {
      const counters = countersOf(stream);
      const isFirst = !told.has(stream);
      told.add(stream);
      const netns = this.#options.places.netns(stream);
      const comment = `tcpdump counts a namespace as a whole: what the kernel dropped is that of all devices of ${netns}`;
      this.#all.statistics({
        interfaceId,
        at,
        delivered: packets,
        // Once, or whoever adds up would count it again for every device; none of all is none of each.
        ...(isFirst && counters !== undefined
          ? { received: counters.received, dropped: counters.dropped, comments: [comment] }
          : { dropped: counters?.dropped === 0 ? 0 : undefined }),
      });
    }
    await Promise.all([this.#all.close(), ...this.#split.map((file) => file?.close())]);
  }

  #describe({ netns, device, stream, ifindex }: Places['all'][number]): Written {
    const { places, request } = this.#options;
    const link = places.link(stream, ifindex);
    const name = `${netns}:${device}`;
    const interfaceId = this.#all.describe({
      name,
      // Wireshark's properties of a file show it in place of the name.
      description: link === undefined ? name : `${name}, ${roleText(link)}`,
      ...(link?.mac === undefined ? {} : { mac: link.mac }),
      linkType: LINK_TYPE.linuxSll2,
      snapLengthBytes: request.snapLengthBytes,
      filter: request.filter,
      system: `Linux ${release()}`,
    });
    const written = { interfaceId, name, stream, packets: 0 };
    this.#interfaces.set(stream * 2 ** 32 + ifindex, written);
    return written;
  }
}
