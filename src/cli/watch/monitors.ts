/**
 * Listens in every namespace for changes: `ip monitor` and `nft monitor`, one of each a namespace. What changed is not
 * read off them; they say when to look.
 *
 * Learned neighbours come and go with traffic, ours too, and wake nobody. A program in a namespace keeps it alive: when
 * its name is taken away, or the process that it is of has ended, the monitors there are ended at once, so that it goes
 * as it would have gone without us. Not told by the kernel: sysctls (but forwarding and rp_filter), iptables-legacy,
 * sockets, ipset, tc; those are found by looking now and then.
 *
 * @module
 */

import { type FSWatcher, watch } from 'node:fs';
import { discoverNamespaces, type FoundNamespace } from '../../collect/discover.ts';
import { inodeOfFile } from '../../collect/netns-inode.ts';
import { Child, linesOf } from '../../system/child.ts';
import { CleanupStack } from '../../system/cleanup.ts';
import { argvInNetns } from '../../system/enter-netns.ts';
import { isInstalled } from '../../system/installed.ts';
import type { Argv } from '../../system/run.ts';

const NAMED = '/run/netns';
/** Whether processes whose namespaces we keep alive are still there: a look at one file each. */
const STILL_THERE_EVERY_MS = 1000;

const IP_MONITOR: Argv = ['ip', '-o', 'monitor', 'label', 'all'];
const NFT_MONITOR: Argv = ['nft', 'monitor'];

/** What was learned of a neighbour, and what goes on without any change. */
const NO_CHANGE = /\[NEIGH\](?!.*\b(?:PERMANENT|NOARP|proxy)\b)|\[NSID\]|\[STATS\]/;

interface Monitored {
  readonly found: FoundNamespace;
  readonly children: readonly Child[];
  readonly stack: CleanupStack;
}

export class Monitors {
  readonly #monitored = new Map<number, Monitored>();
  /** Those whose programs are ending. */
  readonly #leaving: Monitored[] = [];
  readonly #onChange: () => void;
  #watcher: FSWatcher | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** @param onChange Called for each sign of a change, as often as there are some. */
  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  /** Begin; and again after each look, for namespaces that have come. */
  follow(): void {
    for (const found of discoverNamespaces().namespaces) {
      // One that only a monitor of ours is still in has gone already.
      if (this.#monitored.has(found.inode) || this.#isKeptByUs(found)) continue;
      this.#monitored.set(found.inode, this.#listenIn(found));
    }
    this.#timer ??= setInterval(() => this.#letGo(), STILL_THERE_EVERY_MS);
    if (this.#watcher !== undefined) return;
    try {
      this.#watcher = watch(NAMED, () => {
        this.#letGo();
        this.#onChange();
      });
      this.#watcher.on('error', () => undefined);
    } catch {
      // There is no such folder before the first namespace has a name; looking now and then finds it.
    }
  }

  /** End everything that was started. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#watcher?.close();
    await Promise.all([...this.#monitored.values(), ...this.#leaving].map(({ stack }) => stack.close()));
    this.#monitored.clear();
  }

  /** Leave the namespaces that nobody else is in or calls by a name any more. */
  #letGo(): void {
    for (const [inode, monitored] of this.#monitored) {
      const { found, stack } = monitored;
      if (found.entry.kind === 'here' || inodeOfFile(found.file) === inode) continue;
      this.#monitored.delete(inode);
      this.#leaving.push(monitored);
      void stack.close().then(() => {
        this.#leaving.splice(this.#leaving.indexOf(monitored), 1);
        this.#onChange();
      });
    }
  }

  #isKeptByUs({ entry }: FoundNamespace): boolean {
    const isOurs = ({ children }: Monitored) => children.some(({ pid }) => entry.kind === 'pid' && pid === entry.pid);
    return this.#leaving.some(isOurs) || [...this.#monitored.values()].some(isOurs);
  }

  #listenIn(found: FoundNamespace): Monitored {
    const stack = new CleanupStack();
    const programs = isInstalled('nft') ? [IP_MONITOR, NFT_MONITOR] : [IP_MONITOR];
    const children = programs.map((program) => {
      const child = Child.start(argvInNetns(found.entry, program), { stack, signal: undefined });
      child.stderr.resume();
      void this.#hear(child);
      return child;
    });
    return { found, children, stack };
  }

  async #hear(child: Child): Promise<void> {
    try {
      for await (const line of linesOf(child.stdout)) if (line !== '' && !NO_CHANGE.test(line)) this.#onChange();
    } catch {
      // It ended in the middle of a line: so has its namespace.
    }
  }
}
