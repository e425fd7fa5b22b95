/**
 * Namespaces and devices that appear while a capture runs: they are listened in and called by their names from then on.
 *
 * @module
 */

import type { LiveCapture } from '../../capture/live-capture.ts';
import { findNetns, type Host } from '../../host/host.ts';
import type { CaptureFile } from './capture-file.ts';
import type { Places } from './places.ts';
import type { PointName, Where } from './request.ts';

export interface NewcomersOptions {
  readonly live: LiveCapture;
  readonly places: Places;
  readonly file: CaptureFile | undefined;
  readonly where: Where;
  /** What was asked for. */
  readonly points: readonly PointName[];
  readonly notice: (text: string) => void;
  /** The machine as it is now; `undefined`: it cannot be read. */
  readonly look: () => Promise<Host | undefined>;
}

/** To read every namespace takes a tenth of a second and more. */
const DOUBT_AGAIN_MS = 5_000;

export class Newcomers {
  readonly #options: NewcomersOptions;
  /** One at a time: a stream's number is that of its place in the order of joining. */
  #work: Promise<void> = Promise.resolve();
  #doubtedMs = Number.NEGATIVE_INFINITY;

  constructor(options: NewcomersOptions) {
    this.#options = options;
  }

  /** Settles once nothing is under way. */
  get settled(): Promise<void> {
    return this.#work;
  }

  /** Something is not as it was read; addresses that come are not noticed otherwise. Read anew, now and then. */
  readonly onDoubt = (): void => {
    const now = performance.now();
    if (now - this.#doubtedMs < DOUBT_AGAIN_MS) return;
    this.#doubtedMs = now;
    this.onDevices();
  };

  /** Devices have come or gone. */
  readonly onDevices = (): void => {
    this.#then(async () => {
      const host = await this.#options.look();
      if (host !== undefined) this.#options.places.look(host);
    });
  };

  /** A namespace has appeared: one that was asked for, and has been made anew, or any, where all were. */
  readonly onNamed = (name: string): void => {
    const { where, points } = this.#options;
    const asked = points.find(({ netns }) => netns === name);
    if (asked !== undefined || where.kind === 'all') this.#then(() => this.#join(name, asked?.devices));
  };

  async #join(name: string, devices: PointName['devices']): Promise<void> {
    const { live, places, file, notice, look } = this.#options;
    const host = await look();
    const netns = host && findNetns(host, name);
    // `ip netns add` makes the name first: what stands for no namespace yet, or is one that we are in already, is none.
    if (host === undefined || netns === undefined) return;
    if (live.streams.some((stream) => !stream.isEnding && stream.netns.inode === netns.inode)) return;
    places.look(host);
    const stream = live.nextStream;
    places.listen(stream, { netns: netns.name, devices });
    await file?.listen(stream, netns.name);
    const [joined] = await live.join([netns]);
    notice(
      joined?.kind === 'failed'
        ? `namespace ${name} has appeared, and cannot be listened in: ${joined.why}`
        : `namespace ${name} has appeared, and is listened in from now on`,
    );
  }

  /** What goes wrong is said, and ends nothing. */
  #then(work: () => Promise<void>): void {
    this.#work = this.#work.then(work).catch((error: unknown) => {
      this.#options.notice(`What appeared cannot be listened at: ${error instanceof Error ? error.message : error}`);
    });
  }
}
