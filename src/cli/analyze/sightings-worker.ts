/**
 * What the thread of sightings-apart.ts runs, a bundle of its own: it keeps what is seen, and hands it over in the end.
 *
 * @module
 */

import { parentPort } from 'node:worker_threads';
import { RowBlock } from '../../postmortem/points/sighting-rows.ts';
import { type SightingParts, Sightings } from '../../postmortem/points/sightings.ts';

export type ToKeeper =
  | { readonly kind: 'begin'; readonly seed: number; readonly expected: number }
  | { readonly kind: 'rows'; readonly rows: number; readonly buffer: ArrayBufferLike }
  | { readonly kind: 'end'; readonly points: number };

export type FromKeeper =
  | { readonly kind: 'empty'; readonly buffer: ArrayBufferLike }
  | { readonly kind: 'kept'; readonly parts: SightingParts };

let sightings: Sightings | undefined;

parentPort?.on('message', (message: ToKeeper) => {
  if (message.kind === 'begin') sightings = new Sightings(message.seed, message.expected);
  else if (sightings === undefined) throw new Error(`${message.kind} came before the beginning`);
  else if (message.kind === 'rows') keep(sightings, message.buffer, message.rows);
  else handOver(sightings, message.points);
});

function keep(kept: Sightings, buffer: ArrayBufferLike, rows: number): void {
  const block = new RowBlock(buffer);
  block.rows = rows;
  kept.take(block);
  answer({ kind: 'empty', buffer });
}

function handOver(kept: Sightings, points: number): void {
  kept.growPoints(points);
  const parts = kept.parts();
  answer({ kind: 'kept', parts }, buffersIn(parts));
  parentPort?.close();
}

function answer(message: FromKeeper, transferred: readonly ArrayBuffer[] = []): void {
  parentPort?.postMessage(message, transferred);
}

function buffersIn(value: unknown): ArrayBuffer[] {
  if (ArrayBuffer.isView(value)) return value.buffer instanceof ArrayBuffer ? [value.buffer] : [];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(buffersIn) : [];
}
