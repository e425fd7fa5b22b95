/**
 * One interface captured into Wireshark's pipe: a pcapng whose interface is called as in the list, with what was dropped at its end.
 *
 * It ends when Wireshark asks (SIGTERM), when it closes the pipe or is gone, and when tcpdump cannot go on. Whatever goes wrong, the
 * pipe is opened: Wireshark waits for that, however the extcap has ended.
 *
 * @module
 */

import { release } from 'node:os';
import type { Counters } from '../../capture/counters.ts';
import { DeviceCapture } from '../../capture/device-capture.ts';
import { PcapngFile } from '../../capture/pcapng-file.ts';
import { discoverNamespaces } from '../../collect/discover.ts';
import { CleanupStack } from '../../system/cleanup.ts';
import { Failure } from '../../system/failure.ts';
import { CaptureReader } from '../../wire/capture-file/reader.ts';
import { VERSION } from '../version.ts';
import { captureOptions } from './options.ts';
import { interfaceOf, NOTHING_LISTED } from './protocol.ts';

export interface StreamRequest {
  /** As the list calls it. */
  readonly value: string;
  readonly fifo: string;
  readonly filter: string;
  /** What Wireshark's dialog answers with; `undefined`: nobody opened it. */
  readonly snaplen: string | undefined;
  readonly direction: string | undefined;
  readonly signal: AbortSignal;
  /** The process that started us; when it is another one, Wireshark is gone. */
  readonly parent: () => number;
}

/** Without a packet, a closed pipe says nothing. */
const LOOK_FOR_PARENT_MS = 500;
/** How long Wireshark may take to open its end, when there is nothing to show but the end. */
const OPENING_MS = 2_000;
/** How long it may take to take what is left. */
const LAST_WORDS_MS = 1_000;

/** @throws Failure when nothing could be captured, or not to the end. */
export async function stream(request: StreamRequest): Promise<void> {
  const stack = new CleanupStack();
  const stop = new AbortController();
  const signal = AbortSignal.any([request.signal, stop.signal]);
  const parent = request.parent();
  const watch = setInterval(() => {
    if (request.parent() !== parent) stop.abort();
  }, LOOK_FOR_PARENT_MS);
  try {
    await captureInto(request, signal, stack);
  } finally {
    clearInterval(watch);
    await stack.close();
  }
}

async function captureInto(request: StreamRequest, signal: AbortSignal, stack: CleanupStack): Promise<void> {
  const section = { application: `nsdiag ${VERSION}`, system: `Linux ${release()}` };
  const tooLate = new AbortController();
  const opening = PcapngFile.open(request.fifo, section, AbortSignal.any([signal, tooLate.signal]));
  const opened = opening.catch(() => undefined);
  let copy: Copy | undefined;
  let capture: DeviceCapture | undefined;
  try {
    capture = start(request, stack);
    const end = () => capture?.end();
    signal.addEventListener('abort', end, { once: true });
    if (signal.aborted) end();
    await capture.read(async (bytes) => {
      copy ??= new Copy(request, await opening);
      await copy.take(bytes);
      if (copy.isUnread) capture?.end();
    });
  } finally {
    const timer = setTimeout(() => tooLate.abort(), OPENING_MS);
    const file = await opened;
    clearTimeout(timer);
    copy?.count(capture?.counters);
    await closeQuietly(file);
  }
}

/** Wireshark may have stopped reading already, which is how it ends. */
async function closeQuietly(file: PcapngFile | undefined): Promise<void> {
  try {
    await file?.close(LAST_WORDS_MS);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
  }
}

function start({ value, filter, snaplen, direction }: StreamRequest, stack: CleanupStack): DeviceCapture {
  const named = interfaceOf(value);
  if (named === undefined) {
    const why = value === NOTHING_LISTED ? 'the namespaces could not be looked into' : 'there is no such interface';
    throw new Failure('not-found', `Cannot capture on "${value}": ${why}`, 'Run Wireshark as root: sudo -E wireshark');
  }
  const called = `${named.netns}:${named.device}`;
  const found = discoverNamespaces().namespaces.find(({ name }) => name === named.netns);
  if (found === undefined) throw new Failure('not-found', `Cannot capture on ${called}: the namespace is gone`);
  const { device } = named;
  const options = captureOptions(snaplen, direction);
  return DeviceCapture.start({ entry: found.entry, device, called, filter, ...options, stack });
}

/** tcpdump's pcap to pcapng, piece by piece. */
class Copy {
  /** Nobody reads the pipe any more. */
  isUnread = false;
  readonly #file: PcapngFile;
  readonly #request: StreamRequest;
  readonly #reader: CaptureReader;
  #packets = 0;
  #isDescribed = false;

  constructor(request: StreamRequest, file: PcapngFile) {
    this.#request = request;
    this.#file = file;
    this.#reader = new CaptureReader({
      packet: (bytes, start, capturedBytes, originalBytes, seconds, nanoseconds) => {
        this.#describe();
        this.#packets++;
        file.packet(0, seconds, nanoseconds, bytes, start, capturedBytes, originalBytes, undefined);
      },
    });
  }

  /** @returns When the pipe has room again. */
  take(bytes: Uint8Array): Promise<void> | undefined {
    try {
      for (let at = 0; at < bytes.length; ) {
        const space = this.#reader.space();
        const part = bytes.subarray(at, at + space.length);
        space.set(part);
        this.#reader.advance(part.length);
        at += part.length;
      }
      this.#describe();
      this.#file.flush();
      return this.#file.drained;
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      this.isUnread = true;
      return undefined;
    }
  }

  /** What tcpdump said of itself at its end. */
  count(counters: Counters | undefined): void {
    if (!this.#isDescribed || counters === undefined || this.isUnread) return;
    const now = Date.now();
    const at = { seconds: Math.floor(now / 1000), nanoseconds: (now % 1000) * 1e6 };
    const { received, dropped } = counters;
    this.#file.statistics({
      interfaceId: 0,
      at,
      received,
      dropped,
      delivered: this.#packets,
    });
  }

  /** Once tcpdump has said which link type it is. */
  #describe(): void {
    const [first] = this.#reader.interfaces;
    if (this.#isDescribed || first === undefined) return;
    this.#isDescribed = true;
    const { linkType, snapLengthBytes } = first;
    const { value, filter } = this.#request;
    const named = interfaceOf(value);
    const name = named === undefined ? value : `${named.netns}:${named.device}`;
    this.#file.describe({ name, linkType, snapLengthBytes, filter, system: `Linux ${release()}` });
  }
}
