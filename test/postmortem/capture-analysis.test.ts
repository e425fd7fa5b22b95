/**
 * What is only counted is counted as if it had been dissected: a capture says the same, whether somebody wants to see its
 * ordinary packets or not.
 *
 * @module
 */

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { type AnalysedCapture, CaptureAnalysis } from '../../src/postmortem/capture-analysis.ts';
import { FlowTracker } from '../../src/postmortem/flows/flow-tracker.ts';
import type { Observer } from '../../src/postmortem/observer.ts';
import { observersOf } from '../../src/postmortem/observers/all.ts';
import { Random } from '../bench/big-capture/random.ts';
import { writeBigCapture } from '../bench/big-capture.ts';

const SEED = 4711;
const FOLDER = mkdtempSync(join(tmpdir(), 'nsdiag-short-'));
afterAll(() => rmSync(FOLDER, { recursive: true }));

const CAPTURE = join(FOLDER, 'clients.pcap');

/** Counts what it is shown. */
class Bystander implements Observer {
  seen = 0;
  readonly passesOver: boolean;

  constructor(passesOver: boolean) {
    this.passesOver = passesOver;
  }

  see(): void {
    this.seen++;
  }

  conclude() {
    return [];
  }
}

test.each([0, 30])('one byte in a header of %i packets in a thousand is another one', (odd) => {
  writeBigCapture(CAPTURE, { packets: 40_000, format: 'pcap', side: 'clients' });
  const bytes = readFileSync(CAPTURE);
  const { packets } = analysed(bytes, new Bystander(false)).summary;
  harm(bytes, odd);
  const everything = new Bystander(false);
  const samples = new Bystander(true);

  expect(said(analysed(bytes, samples))).toEqual(said(analysed(bytes, everything)));

  expect(everything.seen).toBe(packets);
  expect(samples.seen).toBeLessThan(0.7 * packets);
});

function analysed(bytes: Uint8Array, bystander: Bystander): AnalysedCapture {
  const flows = new FlowTracker(0, SEED);
  const analysis = new CaptureAnalysis('clients.pcap', [observersOf(0, SEED, flows), bystander], flows);
  for (let at = 0; at < bytes.length; ) {
    const space = analysis.reader.space();
    const piece = bytes.subarray(at, at + space.length);
    space.set(piece);
    analysis.reader.advance(piece.length);
    at += piece.length;
  }
  return analysis.finish(undefined);
}

function said({ findings, flows, notRead, lastNs }: AnalysedCapture) {
  return { findings, flows: Array.from({ length: flows.held }, (_, position) => flows.at(position)), notRead, lastNs };
}

/** In place: any byte of Ethernet, IPv4 or TCP. */
function harm(bytes: Uint8Array, inThousand: number): void {
  const random = new Random(SEED);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 24; at < bytes.length; at += 16 + view.getUint32(at + 8, true)) {
    if (random.below(1000) < inThousand) bytes[at + 16 + random.below(54)] = random.below(256);
  }
}
