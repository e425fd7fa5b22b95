/**
 * Sightings kept by another thread: reading packets, and keeping what was seen of them, take about as long as each other,
 * and so a core each. (A thread a file would need the flow tables of all of them at once, 60 MB each.)
 *
 * Blocks of rows go there and come back empty, in order, so that what is kept does not depend on who keeps it. In the end
 * the columns come over without being copied, and the tables that only keeping needs go with the thread. (Blocks are shared
 * and not transferred: once one buffer was taken away from a thread, V8 asks of each at every access whether it is
 * there. That took a twentieth of all time.)
 *
 * @module
 */

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ENOUGH_OF_ONE_PLACE, type SightingKeeper } from '../../postmortem/points/point-recorder.ts';
import { RowBlock } from '../../postmortem/points/sighting-rows.ts';
import { Sightings } from '../../postmortem/points/sightings.ts';
import { Thread } from '../../system/thread.ts';
import type { FromKeeper, ToKeeper } from './sightings-worker.ts';

/** 160 KB: a message costs as much as some hundred rows. */
const BLOCK_ROWS = 2048;
/** Held back until there are so many: then it is no capture of one place, of which all is forgotten. */
const HELD_BLOCKS = Math.ceil(ENOUGH_OF_ONE_PLACE / BLOCK_ROWS);
/** Of blocks that wait for the other thread: 1.3 MB, and those of the piece of a file that is being read. */
const MOST_UNDER_WAY = 8;

/** Beside the bundle. @returns `undefined`: these are the sources, which a thread could not load. */
export function keeperScript(): string | undefined {
  const script = fileURLToPath(new URL('./sightings-worker.cjs', import.meta.url));
  return existsSync(script) ? script : undefined;
}

export class SightingsApart implements SightingKeeper {
  readonly block = RowBlock.shared(BLOCK_ROWS);
  readonly #seed: number;
  readonly #script: string;
  readonly #expected: number;
  readonly #empty: RowBlock[] = [];
  #held: RowBlock[] = [];
  /** Begins late, and for most captures of one place never: it takes 70 ms. */
  #thread: Thread<ToKeeper, FromKeeper> | undefined;
  #underWay = 0;

  /** @param expected See Sightings. */
  constructor(seed: number, script: string, expected: number) {
    this.#seed = seed;
    this.#script = script;
    this.#expected = expected;
  }

  take(block: RowBlock): RowBlock {
    this.#held.push(block);
    if (this.#thread !== undefined || this.#held.length === HELD_BLOCKS) this.#tellHeld();
    return this.#empty.pop() ?? RowBlock.shared(BLOCK_ROWS);
  }

  async pace(): Promise<void> {
    while (this.#underWay > MOST_UNDER_WAY) this.#reuse(await this.#thread?.answer());
  }

  async end(points: number): Promise<Sightings> {
    const thread = this.#tellHeld();
    thread.tell({ kind: 'end', points });
    for (;;) {
      const answer = await thread.answer();
      if (answer.kind === 'kept') return new Sightings(this.#seed, 0, answer.parts);
      this.#reuse(answer);
    }
  }

  async close(): Promise<void> {
    await this.#thread?.close();
  }

  #tellHeld(): Thread<ToKeeper, FromKeeper> {
    this.#thread ??= this.#begin();
    for (const { words, rows } of this.#held) {
      this.#underWay++;
      this.#thread.tell({ kind: 'rows', rows, buffer: words.buffer });
    }
    this.#held = [];
    return this.#thread;
  }

  #begin(): Thread<ToKeeper, FromKeeper> {
    const thread = new Thread<ToKeeper, FromKeeper>(this.#script, 'match the captures');
    thread.tell({ kind: 'begin', seed: this.#seed, expected: this.#expected });
    return thread;
  }

  #reuse(answer: FromKeeper | undefined): void {
    if (answer?.kind !== 'empty') return;
    this.#underWay--;
    this.#empty.push(new RowBlock(answer.buffer));
  }
}
