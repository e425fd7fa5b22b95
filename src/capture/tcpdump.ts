/**
 * One tcpdump that listens on every device of a namespace.
 *
 * What it promises: from `Capture.start()` on, every packet that the filter lets pass reaches `onFrame`, or is counted
 * as dropped. tcpdump says "listening on" after its ring is attached and the filter is set (seen with strace), so a
 * packet sent after that cannot be missed; and `catchUp()` asks tcpdump for its counters (SIGUSR1) and waits until as many
 * frames have arrived, so that there is never a reason to sleep. On ingress it sees what the firewall will drop, on egress
 * only what firewall and qdiscs let pass.
 *
 * The options: LINUX_SLL2 is the one link type of `any` that tells device and direction. `--immediate-mode` and `-U`
 * hand on every packet at once. `-Z root` keeps the user, because a change of user would lose the parent-death signal
 * (system/child.ts). It listens after 16 ms, of which the kernel takes most to attach the ring; a smaller buffer, a
 * filter or `ip netns exec` make no difference. Source: tcpdump(1), pcap_set_immediate_mode(3PCAP).
 *
 * @module
 */

import { EventEmitter } from 'node:events';
import type { Readable } from 'node:stream';
import { inNetns } from '../host/commands-enter.ts';
import type { Netns } from '../host/host.ts';
import type { NetnsName } from '../host/link.ts';
import { shellLine } from '../report/shell-quote.ts';
import { Child, type ChildOptions } from '../system/child.ts';
import { howToInstall } from '../system/debian-package.ts';
import { argvInNetns } from '../system/enter-netns.ts';
import { InboundPipe } from '../system/inbound-pipe.ts';
import { isInstalled } from '../system/installed.ts';
import { type Counters, lastCounters } from './counters.ts';
import type { Frame } from './frame.ts';
import { readPcapStream } from './pcap-stream.ts';

export interface CaptureRequest extends ChildOptions {
  readonly netns: Pick<Netns, 'name' | 'entry'>;
  /** BPF, as tcpdump takes it; empty takes everything. */
  readonly filter: string;
  readonly snapLengthBytes: number;
  /** The frames, parsed; or the stream's bytes as they come, for whoever has no time to lose. */
  readonly to:
    | { readonly kind: 'frames'; readonly onFrame: (frame: Frame) => void }
    /** `onBytes` answers how many frames there are in all that it has been given. They come through the pipe, where there is one. */
    | {
        readonly kind: 'bytes';
        readonly pipe: InboundPipe | undefined;
        readonly onBytes: (bytes: Uint8Array) => number;
      };
  /** The kernel's ring, in KiB; without, as tcpdump chooses (2 MiB). */
  readonly bufferKib?: number;
}

/** Narrow on `kind`. */
export type CaptureStart =
  | { readonly kind: 'listening'; readonly capture: Capture }
  | { readonly kind: 'failed'; readonly why: string };

/** How long tcpdump may take to answer a signal and to hand on what it holds; on an idle machine that is 1 ms. */
const CATCH_UP_MS = 1_000;

/** It answers between two packets; that it was held up at the same packet so often in a row is not to be expected. */
const IDLE_ANSWERS = 3;

/** A tcpdump at work. */
export class Capture {
  readonly netns: NetnsName;
  /** Settles once it has ended, and everything that it wrote has been handed on. */
  readonly ended: Promise<void>;
  readonly #child: Child;
  readonly #byHand: readonly string[];
  /** Emits `progress` when anything below has changed. */
  readonly #events = new EventEmitter();
  #stderr = '';
  #frames = 0;
  /** Why its output could not be read. */
  #problem: string | undefined;
  #howEnded: string | undefined;

  /** Where its packets come from, other than by a stream of Node. */
  readonly #pipe: InboundPipe | undefined;

  private constructor(request: CaptureRequest) {
    const { netns, filter, snapLengthBytes, to, bufferKib, stack, signal } = request;
    const ring = bufferKib === undefined ? [] : ['-B', String(bufferKib)];
    const options = ['-i', 'any', '-y', 'LINUX_SLL2', '-n', '-Z', 'root', '-U', '--immediate-mode', ...ring];
    const format = ['--time-stamp-precision', 'nano', '-s', String(snapLengthBytes), '-w', '-'];
    this.netns = netns.name;
    this.#byHand = inNetns(netns, ['tcpdump', '-i', 'any', '-c', '1']);
    const pipe = to.kind === 'bytes' ? to.pipe : undefined;
    this.#pipe = pipe;
    const argv = argvInNetns(netns.entry, ['tcpdump', ...options, ...format, filter]);
    this.#child = Child.start(argv, { stack, signal, stdoutTo: pipe?.writeEnd });
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text;
      this.#events.emit('progress');
    });
    const read =
      to.kind === 'frames'
        ? readPcapStream(this.#child.stdout, (frame) => {
            this.#frames++;
            to.onFrame(frame);
            this.#events.emit('progress');
          })
        : readBytes(pipe ?? this.#child.stdout, (bytes) => {
            this.#frames = to.onBytes(bytes);
            this.#events.emit('progress');
          });
    void read.then(({ problem }) => {
      this.#problem = problem;
      // What it goes on to see would reach nobody.
      if (problem !== undefined) this.end();
    });
    this.ended = Promise.all([read, this.#child.howEnded]).then(([, how]) => {
      this.#howEnded = how;
      this.#events.emit('progress');
    });
  }

  /** tcpdump's last counters: those of its end, once it has ended. */
  get counters(): Counters | undefined {
    return lastCounters(this.#stderr);
  }

  /** Start tcpdump and wait until it listens. */
  static async start(request: CaptureRequest): Promise<CaptureStart> {
    if (!isInstalled('tcpdump')) {
      if (request.to.kind === 'bytes') request.to.pipe?.discard();
      return { kind: 'failed', why: `tcpdump is not installed (${howToInstall('tcpdump')})` };
    }
    const capture = new Capture(request);
    await capture.#until(() => capture.#stderr.includes('listening on'));
    return capture.#howEnded !== undefined
      ? { kind: 'failed', why: capture.complaint }
      : { kind: 'listening', capture };
  }

  /** Whether it still listens; otherwise what it saw is not all there was. */
  get isListening(): boolean {
    return this.#howEnded === undefined;
  }

  /**
   * Wait until every packet that has passed so far has reached `onFrame`.
   *
   * Some packets count as received and are never captured: what goes out by lo, which libpcap shows only as it comes
   * in, and what passed between the ring's attachment and the filter's (seen: 50 of a flood). So where the counters do not
   * meet, nothing waits any more once tcpdump, asked again and again, captures no more.
   *
   * @returns tcpdump's counters; `undefined` when it did not answer or not hand on everything in time.
   */
  async catchUp(): Promise<Counters | undefined> {
    const deadline = performance.now() + CATCH_UP_MS;
    let before: Counters | undefined;
    for (let idleAnswers = 0; performance.now() < deadline; ) {
      const counters = await this.#ask(deadline);
      if (counters === undefined) return undefined;
      if (counters.captured >= counters.received - counters.dropped) return counters;
      idleAnswers = counters.captured === before?.captured ? idleAnswers + 1 : 0;
      if (idleAnswers === IDLE_ANSWERS) return counters;
      before = counters;
    }
    return undefined;
  }

  /** tcpdump's counters now, when everything that they count as captured has arrived here. */
  async #ask(deadline: number): Promise<Counters | undefined> {
    const saidBefore = this.#stderr.length;
    this.#child.signal('SIGUSR1');
    const answer = () => lastCounters(this.#stderr.slice(saidBefore));
    const hasArrived = (counters: Counters | undefined) => counters !== undefined && this.#frames >= counters.captured;
    await this.#until(() => hasArrived(answer()), deadline - performance.now());
    return hasArrived(answer()) ? answer() : undefined;
  }

  /** Its process; `undefined` when it could not be started. */
  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** It waits for packets: everything that passed before has been handed on, as far as its output has been read. */
  get isIdle(): boolean {
    return this.#child.isAsleep;
  }

  /** Stop reading for a while: tcpdump waits, and what the kernel then has no room for it counts as dropped. */
  set isPaused(paused: boolean) {
    if (this.#pipe !== undefined) this.#pipe.isPaused = paused;
    else if (paused) this.#child.stdout.pause();
    else this.#child.stdout.resume();
  }

  /** Ask it to end. The cleanup stack waits for it: giving back the ring takes the kernel 20 ms. */
  end(): void {
    this.#child.signal('SIGTERM');
  }

  async #until(condition: () => boolean, withinMs?: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = withinMs === undefined ? undefined : setTimeout(() => settle(), withinMs);
      const settle = () => {
        clearTimeout(timer);
        this.#events.off('progress', look);
        resolve();
      };
      const look = () => {
        if (condition() || this.#howEnded !== undefined) settle();
      };
      this.#events.on('progress', look);
      look();
    });
  }

  /** Why it ended: what it (or nsenter) said, on one line; else how it ended, and how to see for oneself. */
  get complaint(): string {
    if (this.#problem !== undefined) return `what tcpdump writes cannot be read: ${this.#problem}`;
    const lines = this.#stderr.split('\n').filter((line) => line.trim() !== '' && !NO_COMPLAINT.test(line));
    if (lines.length > 0) return lines.join('; ');
    return `tcpdump ended with ${this.#howEnded ?? 'nothing'}, and said nothing; try: ${shellLine(this.#byHand)}`;
  }
}

async function readBytes(
  from: Readable | InboundPipe,
  onBytes: (bytes: Uint8Array) => void,
): Promise<{ readonly problem: string | undefined }> {
  if (from instanceof InboundPipe) return from.read(onBytes);
  return new Promise((resolve) => {
    from.on('data', onBytes);
    from.on('error', ({ message }) => resolve({ problem: message }));
    from.on('close', () => resolve({ problem: undefined }));
  });
}

/** What it says when all is well, and its counters. */
const NO_COMPLAINT = /data link type|listening on|^\d+ packets? /;
