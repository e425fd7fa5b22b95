/**
 * Several captures say the same whether what they saw is kept here or in another thread.
 *
 * @module
 */

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { buildSync } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readCaptures } from '../../../src/cli/analyze/read-captures.ts';
import { SightingsApart } from '../../../src/cli/analyze/sightings-apart.ts';
import { analysisOf } from '../../../src/postmortem/analysis.ts';
import { PointRecorder, type SightingKeeper, SightingsHere } from '../../../src/postmortem/points/point-recorder.ts';
import { analyzeDocument } from '../../../src/report/analyze-json.ts';
import { jsonText } from '../../../src/report/print-json.ts';
import { writeBigCapture } from '../../bench/big-capture.ts';
import { memoryIo } from '../memory-io.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const FOLDER = mkdtempSync(join(tmpdir(), 'nsdiag-apart-'));
const SCRIPT = join(FOLDER, 'sightings-worker.cjs');
/** Fewer than there are, so that the slots grow. */
const EXPECTED = 5000;
const SEED = 99;
const path = (name: string) => join(FOLDER, name);

beforeAll(() => {
  buildSync({
    entryPoints: [join(ROOT, 'src/cli/analyze/sightings-worker.ts')],
    ...{ outfile: SCRIPT, bundle: true, platform: 'node', format: 'cjs', logLevel: 'silent' },
  });
  writeBigCapture(path('clients.pcap'), { packets: 6000, format: 'pcap', side: 'clients' });
  writeBigCapture(path('servers.pcap'), { packets: 6000, format: 'pcapng', side: 'servers' });
  const servers = readFileSync(path('servers.pcap'));
  writeFileSync(path('servers.gz'), gzipSync(servers));
  writeFileSync(path('cut.pcap'), servers.subarray(0, servers.length / 2 + 7));
  writeFileSync(path('text.pcap'), 'no capture');
});
afterAll(() => rmSync(FOLDER, { recursive: true }));

async function said(keeper: SightingKeeper, files: readonly string[]) {
  const recorder = new PointRecorder(SEED, keeper);
  try {
    const captures = await readCaptures(files, memoryIo().io, recorder);
    const matched = await recorder.finish();
    const places = matched?.kind === 'matched' ? matched.analysis.points.length : 1;
    return { places, text: jsonText(analyzeDocument(analysisOf(captures, matched), undefined)) };
  } finally {
    await recorder.close();
  }
}

test.each([
  ['two sides of a router that translates', ['clients.pcap', 'servers.pcap'], 2],
  ['the same, the other way round', ['servers.pcap', 'clients.pcap'], 2],
  ['one that is compressed', ['clients.pcap', 'servers.gz'], 2],
  ['one that is cut', ['clients.pcap', 'cut.pcap'], 2],
  ['one without a packet in common, one that is missing, one that is none', ['cut.pcap', 'missing', 'text.pcap'], 1],
])('SightingsApart finds in %s what SightingsHere does', async (_, names, places) => {
  const here = await said(new SightingsHere(SEED), names.map(path));
  const apart = await said(new SightingsApart(SEED, SCRIPT, EXPECTED), names.map(path));

  expect(here.places).toBe(places);
  expect(apart.text).toBe(here.text);
});

test('SightingsApart finds in all of captures/ together what SightingsHere does', async () => {
  const folder = join(ROOT, 'captures');
  const files = readdirSync(folder).filter((name) => name.endsWith('.pcap'));
  const here = await said(
    new SightingsHere(SEED),
    files.map((name) => join(folder, name)),
  );
  const apart = await said(
    new SightingsApart(SEED, SCRIPT, EXPECTED),
    files.map((name) => join(folder, name)),
  );

  expect(files.length).toBeGreaterThan(5);
  expect(apart.text).toBe(here.text);
});

test('SightingsApart.pace() waits for the thread', async () => {
  const keeper = new SightingsApart(SEED, SCRIPT, EXPECTED);
  let { block } = keeper;
  for (let taken = 0; taken < 500; taken++) {
    block.rows = 1;
    block = keeper.take(block);
    await keeper.pace();
  }
  // 500 rows of words that are 0: all of one point, and alike.
  const sightings = await keeper.end(1);
  expect([sightings.total, sightings.count, sightings.points.length]).toEqual([500, 1, 1]);
  await keeper.close();
});

test('readCaptures() can be interrupted while the thread keeps, which ends with it', async () => {
  const controller = new AbortController();
  const { io } = memoryIo({ signal: controller.signal });
  const keeper = new SightingsApart(SEED, SCRIPT, EXPECTED);
  const recorder = new PointRecorder(SEED, keeper);
  const reading = readCaptures([path('servers.gz')], io, recorder);
  controller.abort(new Error('enough'));

  await expect(reading).rejects.toThrow('enough');
  await recorder.close();
});
