/**
 * The packets of any number of namespaces in the order of time, as they pass: a tcpdump in each, and nothing slow in
 * between. Whoever cannot keep up pauses it; then tcpdump waits, and the kernel counts what it had no room for.
 *
 * @module
 */

import type { Netns } from '../host/host.ts';
import type { ChildOptions } from '../system/child.ts';
import { InboundPipe } from '../system/inbound-pipe.ts';
import { PcapRecords } from './pcap-records.ts';
import { Capture } from './tcpdump.ts';
import { type OnRecord, TimeOrder } from './time-order.ts';

/** What is needed of a namespace to listen in it. */
export type Listened = Pick<Netns, 'name' | 'entry' | 'inode'>;

export interface LiveCaptureOptions extends Pick<ChildOptions, 'stack'> {
  readonly filter: string;
  readonly snapLengthBytes: number;
  readonly baseSeconds: number;
  /**
   * A packet, in the order of time; valid during the call. `stream` is a number of `streams`. None is told that passed before
   * all of those listened that were to be listened in first: it would seem lost where nobody listened yet.
   */
  readonly onRecord: OnRecord;
  /** Whatever has come has been told; nothing before `toldNs` (after the base) comes any more, but what is late. */
  readonly onTold: (toldNs: number) => void;
  /** A tcpdump has ended although nobody asked it to. */
  readonly onLost: (stream: LiveStream) => void;
}

/** One namespace that is listened in. */
export interface LiveStream {
  readonly netns: Listened;
  readonly capture: Capture;
  readonly records: PcapRecords;
  isEnding: boolean;
}

export type Joined =
  | { readonly kind: 'listening'; readonly stream: number }
  | { readonly kind: 'failed'; readonly why: string };

/** What all rings take together of the kernel's memory, and what each takes at least and at most, in KiB. */
const RINGS_KIB = 192 * 1024;
const LEAST_RING_KIB = 2 * 1024;
const MOST_RING_KIB = 32 * 1024;

const TELL_EVERY_MS = 20;
/** While packets come thick and fast, sooner. */
const TELL_AFTER_BYTES = 1024 * 1024;
const NS_PER_MS = 1e6;

/** So much between two ticks is a flood: some 10,000 packets a second. */
const FLOOD_BYTES = 32 * 1024;
/** A read that brings less leaves room: a pipe holds twice as much. */
const LITTLE_BYTES = 32 * 1024;
/** In which a flood brings some hundred packets; 25,000 a second, 128 bytes each, bring 25 KiB. */
const GATHER_MS = 8;
const NEVER = new Int32Array(new SharedArrayBuffer(4));

export class LiveCapture {
  /** By number; a hole where one could not be listened to. */
  readonly #streams: LiveStream[] = [];
  readonly #options: LiveCaptureOptions;
  readonly #order = new TimeOrder();
  readonly #timer: NodeJS.Timeout;
  #joined = 0;
  /** Since then, all of those who joined first listen. */
  #sinceNs = Number.POSITIVE_INFINITY;
  #ringKib = LEAST_RING_KIB;
  #untoldBytes = 0;
  #isPaused = false;
  /** How often it was paused. */
  #pauses = 0;
  /** They wait for it to go on. */
  readonly #untilResumed: (() => void)[] = [];
  /** Read since the last tick. */
  #tickBytes = 0;
  #isFlood = false;
  /** The largest read since it was waited last; `undefined`: none. */
  #readBytes: number | undefined;

  constructor(options: LiveCaptureOptions) {
    this.#options = options;
    // Once what has come meanwhile has been read: on a busy machine that is more than a timer's delay.
    this.#timer = setInterval(() => {
      this.#isFlood = this.#tickBytes > FLOOD_BYTES;
      this.#tickBytes = 0;
      setImmediate(() => this.#tell(true));
    }, TELL_EVERY_MS);
  }

  /** Records that came after later ones had been told. */
  get late(): number {
    return this.#order.late;
  }

  /** Listen in all of these; answers once each one listens, or has failed, in their order. */
  async join(namespaces: readonly Listened[]): Promise<readonly Joined[]> {
    const share = RINGS_KIB / Math.max(1, this.streams.length + namespaces.length);
    this.#ringKib = Math.floor(Math.min(MOST_RING_KIB, Math.max(LEAST_RING_KIB, share)));
    const pipes = await InboundPipe.open(namespaces.length);
    const joined = await Promise.all(namespaces.map((netns, at) => this.#join(netns, pipes[at])));
    this.#sinceNs = Math.min(this.#sinceNs, this.#nowNs());
    return joined;
  }

  /** Stop reading for a while, or go on. */
  set isPaused(paused: boolean) {
    if (paused === this.#isPaused) return;
    this.#isPaused = paused;
    if (paused) this.#pauses++;
    else for (const resume of this.#untilResumed.splice(0)) resume();
    for (const { capture } of this.streams) capture.isPaused = paused;
  }

  /** All that listen, or did. */
  get streams(): readonly LiveStream[] {
    return this.#streams.flatMap((stream) => [stream]);
  }

  stream(number: number): LiveStream | undefined {
    return this.#streams[number];
  }

  /** The number that the next one who joins gets. */
  get nextStream(): number {
    return this.#joined;
  }

  /** Stop listening in a namespace; what it has handed on is told. */
  async leave(stream: LiveStream): Promise<void> {
    stream.isEnding = true;
    stream.capture.end();
    await stream.capture.ended;
  }

  /** Wait for what is still under way to us, and for whoever takes it; end every tcpdump, and tell all there is. */
  async finish(): Promise<void> {
    const present = this.streams.filter(({ isEnding }) => !isEnding);
    await Promise.all(
      present.map(async (stream) => {
        stream.isEnding = true;
        await this.#caughtUp(stream);
        stream.capture.end();
        await stream.capture.ended;
      }),
    );
    clearInterval(this.#timer);
    this.#order.finish(this.#onRecord);
    this.#options.onTold(Number.POSITIVE_INFINITY);
  }

  /** End at once, whatever is still under way. */
  abandon(): void {
    clearInterval(this.#timer);
    for (const stream of this.streams) stream.isEnding = true;
  }

  async #join(netns: Listened, pipe: InboundPipe | undefined): Promise<Joined> {
    const { filter, snapLengthBytes, baseSeconds, stack, onLost } = this.#options;
    const records = new PcapRecords(baseSeconds);
    this.#joined++;
    const number = this.#order.add(records, this.#nowNs(), () => this.#streams[number]?.capture.isIdle ?? false);
    const start = await Capture.start({
      netns,
      filter,
      snapLengthBytes,
      bufferKib: this.#ringKib,
      stack,
      signal: undefined,
      to: {
        kind: 'bytes',
        pipe,
        onBytes: (bytes) => {
          records.push(bytes);
          this.#order.heard(number, this.#nowNs());
          this.#untoldBytes += bytes.length;
          this.#tickBytes += bytes.length;
          if (this.#untoldBytes > TELL_AFTER_BYTES) this.#tell(false);
          if (this.#isFlood) this.#gatherAfter(bytes.length);
          return records.count;
        },
      },
    });
    if (start.kind === 'failed') {
      this.#order.end(number);
      return start;
    }
    const { capture } = start;
    const stream: LiveStream = { netns, capture, records, isEnding: false };
    this.#streams[number] = stream;
    void capture.ended.then(() => {
      this.#order.end(number);
      if (stream.isEnding) return;
      stream.isEnding = true;
      onLost(stream);
    });
    return { kind: 'listening', stream: number };
  }

  /**
   * Let a flood gather before it is read on: tcpdump writes packet by packet, and a read costs as much as following ten of
   * them. The whole thread sleeps for that, once all streams have been read: nothing else is urgent, and to stop and start
   * each of them would take calls of the kernel. Nothing is lost: a pipe that is full meanwhile holds tcpdump up, and the kernel's ring fills.
   */
  #gatherAfter(readBytes: number): void {
    if (this.#readBytes === undefined) {
      setImmediate(() => {
        const isWorthIt = (this.#readBytes ?? 0) < LITTLE_BYTES;
        this.#readBytes = undefined;
        if (isWorthIt) Atomics.wait(NEVER, 0, 0, GATHER_MS);
      });
    }
    this.#readBytes = Math.max(this.#readBytes ?? 0, readBytes);
  }

  /**
   * Until everything has arrived, however long that takes a busy machine, as long as there is more and more of it; and however
   * long whoever takes it keeps it waiting.
   */
  async #caughtUp({ capture, records }: LiveStream): Promise<void> {
    for (;;) {
      if (this.#isPaused) await new Promise<void>((resolve) => this.#untilResumed.push(resolve));
      const [before, pauses] = [records.count, this.#pauses];
      const isComplete = (await capture.catchUp()) !== undefined;
      if (isComplete || !capture.isListening) return;
      if (records.count === before && this.#pauses === pauses) return;
    }
  }

  readonly #onRecord: OnRecord = (stream, records) => {
    if (records.timeNs >= this.#sinceNs) this.#options.onRecord(stream, records);
  };

  #tell(mayAsk: boolean): void {
    this.#untoldBytes = 0;
    if (this.#isPaused) return;
    this.#order.tell(this.#nowNs(), this.#onRecord, mayAsk);
    this.#options.onTold(this.#order.toldNs);
  }

  /** By the clock of the kernel's stamps. */
  #nowNs(): number {
    return (Date.now() - this.#options.baseSeconds * 1000) * NS_PER_MS;
  }
}
