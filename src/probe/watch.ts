/**
 * Every namespace on the way, each with its own tcpdump, for as long as one probe lasts.
 *
 * @module
 */

import { Capture, type CaptureStart } from '../capture/tcpdump.ts';
import { findNetns, type Host } from '../host/host.ts';
import type { NetnsName } from '../host/link.ts';
import type { Observation } from '../journey/observation.ts';
import type { Port } from '../net/port.ts';
import type { ChildOptions } from '../system/child.ts';
import { placeFrames, type Seen } from './seen.ts';

export interface WatchRequest extends ChildOptions {
  readonly host: Host;
  readonly watch: readonly NetnsName[];
  /** BPF, the same everywhere. */
  readonly filter: string;
  readonly vxlanPorts: readonly Port[];
  /** Called with everything seen so far as well. */
  readonly onSeen: (seen: Seen, soFar: readonly Seen[]) => void;
}

/** Room for a tunnel (94 bytes), IPv6, ICMPv6, and of a quoted packet as much as holds the mark (80). */
const SNAP_LENGTH_BYTES = 256;

/** What can be said in the end about the watching itself. */
export type Watched = Pick<Observation, 'watched' | 'captureDrops' | 'notes'>;

/** The tcpdumps of one probe. */
export class Watch {
  readonly #captures: Capture[] = [];
  readonly #seen: Seen[] = [];
  readonly #notes: string[] = [];

  private constructor() {}

  /** Start them all at once and wait until each one listens, or has failed. */
  static async start(request: WatchRequest): Promise<Watch> {
    const watch = new Watch();
    const starts = await Promise.all([...new Set(request.watch)].map((name) => watch.#listenIn(name, request)));
    const namesByWhy = new Map<string, NetnsName[]>();
    for (const [name, start] of starts) {
      if (start.kind === 'listening') watch.#captures.push(start.capture);
      else namesByWhy.set(start.why, [...(namesByWhy.get(start.why) ?? []), name]);
    }
    for (const [why, names] of namesByWhy) watch.#notes.push(`Cannot watch ${names.join(', ')}: ${why}`);
    return watch;
  }

  /** All so far: in the order of time within a namespace. */
  get seen(): readonly Seen[] {
    return this.#seen;
  }

  /** Wait for what is still under way, and end them. */
  async finish(): Promise<Watched> {
    const ends = await Promise.all(
      this.#captures.map(async (capture) => ({ capture, counters: await capture.catchUp() })),
    );
    const complete = ends.flatMap(({ capture, counters }) => (counters === undefined ? [] : [{ capture, counters }]));
    const lost = ends
      .filter(({ counters }) => counters === undefined)
      .map(({ capture: { netns, isListening, complaint } }) => {
        const why = isListening ? 'tcpdump did not hand on what it saw in time' : complaint;
        return `Cannot tell all that passed ${netns}: ${why}`;
      });
    for (const { capture } of ends) capture.end();
    return {
      watched: complete.map(({ capture }) => capture.netns),
      captureDrops: complete.reduce((drops, { counters }) => drops + counters.dropped, 0),
      notes: [...this.#notes, ...lost],
    };
  }

  async #listenIn(name: NetnsName, request: WatchRequest): Promise<readonly [NetnsName, CaptureStart]> {
    const { host, filter, vxlanPorts, onSeen, stack, signal } = request;
    const netns = findNetns(host, name);
    if (netns === undefined) return [name, { kind: 'failed', why: 'there is no such namespace' }];
    const place = placeFrames(netns, { vxlanPorts });
    const start = await Capture.start({
      netns,
      filter,
      snapLengthBytes: SNAP_LENGTH_BYTES,
      stack,
      signal,
      to: {
        kind: 'frames',
        onFrame: (frame) => {
          const seen = place(frame);
          if (seen === undefined) return;
          this.#seen.push(seen);
          onSeen(seen, this.#seen);
        },
      },
    });
    return [name, start];
  }
}
