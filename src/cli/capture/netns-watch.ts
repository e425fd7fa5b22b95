/**
 * What appears and goes while a capture runs: namespaces by their files, devices by what a namespace's own tcpdump has in
 * /proc/PID/net/dev. Looked at once a second, which costs a stat and a short read a namespace, and no further process.
 *
 * A namespace that has gone is left: our tcpdump in it would keep it, and every device in it, alive.
 *
 * Limit: what comes and goes within a second is not noticed; a device that is made anew under its name is, by its packets.
 *
 * @module
 */

import { readdirSync, readFileSync } from 'node:fs';
import type { LiveCapture, LiveStream } from '../../capture/live-capture.ts';
import { inodeOfFile, inodeOfWord } from '../../collect/netns-inode.ts';
import type { Netns } from '../../host/host.ts';

const NAMED = '/run/netns';
const LOOK_EVERY_MS = 1_000;
/** Two lines of heading. */
const HEADING_LINES = 2;

export interface NetnsWatchOptions {
  readonly live: Pick<LiveCapture, 'streams' | 'leave'>;
  readonly notice: (text: string) => void;
  /** Devices have come or gone: their names are to be read again. */
  readonly onDevices: () => void;
  /** A namespace has a name that it had not; it may be one that was left. */
  readonly onNamed: (name: string) => void;
}

export class NetnsWatch {
  readonly #options: NetnsWatchOptions;
  readonly #timer: NodeJS.Timeout;
  readonly #devices = new Map<LiveStream, ReadonlySet<string>>();
  #named: ReadonlySet<string> = names();

  constructor(options: NetnsWatchOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.look(), LOOK_EVERY_MS);
    this.look();
  }

  end(): void {
    clearInterval(this.#timer);
  }

  /** Look now. */
  look(): void {
    const { live, notice, onDevices, onNamed } = this.#options;
    let isChanged = false;
    for (const stream of live.streams) {
      if (stream.isEnding) continue;
      if (!isThere(stream.netns)) {
        notice(`namespace ${stream.netns.name} has gone: nobody listens there any more`);
        void live.leave(stream);
        continue;
      }
      const now = devicesOf(stream);
      const before = this.#devices.get(stream) ?? now;
      if (now === undefined || before === undefined) continue;
      this.#devices.set(stream, now);
      for (const device of now) if (!before.has(device)) notice(`${stream.netns.name}:${device} has appeared`);
      for (const device of before) if (!now.has(device)) notice(`${stream.netns.name}:${device} has gone`);
      isChanged ||= now.size !== before.size || [...now].some((device) => !before.has(device));
    }
    const before = this.#named;
    this.#named = names();
    for (const name of this.#named) if (!before.has(name)) onNamed(name);
    if (isChanged) onDevices();
  }
}

/** Whether its name still stands for that very namespace. */
function isThere({ entry, inode }: Pick<Netns, 'entry' | 'inode'>): boolean {
  switch (entry.kind) {
    case 'here':
      return true;
    case 'named':
      return inodeOfFile(`${NAMED}/${entry.name}`) === inode;
    case 'pid':
      return inodeOfWord(`pid:${entry.pid}`) === inode;
    case 'path':
      return inodeOfFile(entry.path) === inode;
  }
}

/** `undefined`: its tcpdump has ended. */
function devicesOf({ capture }: LiveStream): ReadonlySet<string> | undefined {
  try {
    // A name may hold any byte.
    const lines = readFileSync(`/proc/${capture.pid}/net/dev`, 'latin1').split('\n').slice(HEADING_LINES);
    return new Set(lines.flatMap((line) => (line === '' ? [] : [line.slice(0, line.lastIndexOf(':')).trim()])));
  } catch {
    return undefined;
  }
}

function names(): ReadonlySet<string> {
  try {
    return new Set(readdirSync(NAMED));
  } catch {
    return new Set(); // nobody has ever made one
  }
}
