import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readCaptures } from '../../src/cli/analyze/read-captures.ts';
import { analysisOf } from '../../src/postmortem/analysis.ts';
import { notesOf } from '../../src/postmortem/notes.ts';
import { memoryIo } from '../cli/memory-io.ts';
import { joined } from '../helpers/hex.ts';
import { arpRequest } from '../helpers/packets.ts';
import { LITTLE, pcapHeader, pcapRecord } from '../wire/capture-file/build.ts';

const FOLDER = mkdtempSync(join(tmpdir(), 'nsdiag-notes-'));
afterAll(() => rmSync(FOLDER, { recursive: true }));

/** As many as UnansweredNeighbours remembers. */
const MOST_PAIRS = 16_384;

/** So many hosts that ask for another one each. */
async function notesOfScan(hosts: number): Promise<readonly string[]> {
  const records = Array.from({ length: hosts }, (_, host) =>
    pcapRecord(LITTLE, arpRequest('10.0.0.1', `10.1.${host >> 8}.${host & 0xff}`)),
  );
  const path = join(FOLDER, `${hosts}.pcap`);
  writeFileSync(path, joined(pcapHeader(LITTLE), ...records));
  return analysisOf(await readCaptures([path], memoryIo().io)).notes;
}

test('notesOf() says what was too much to be remembered, and nothing while all is', async () => {
  expect(await notesOfScan(MOST_PAIRS)).toEqual([]);
  expect(await notesOfScan(MOST_PAIRS + 3)).toEqual([
    'More hosts and conversations than are remembered: what came later is missing from arp-unanswered (3 packets)',
  ]);
});

test('notesOf() says that there were too many places to match', () => {
  expect(notesOf([], { kind: 'too-many', points: 31 })).toEqual([
    'Not matched: 31 places of capture, of which at most 30 are; name those on the way of the packets',
  ]);
});
