import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { PcapngFile } from '../../../src/capture/pcapng-file.ts';
import { type Outcome, Remarks } from '../../../src/cli/capture/remarks.ts';
import type { LiveFate, LiveJourney, LostGroup } from '../../../src/postmortem/live/journey.ts';
import { readAll } from '../../wire/capture-file/read-all.ts';

const NEVER = new AbortController().signal;
/** Where the lower word of the nanoseconds turns over, in 2026. */
const TURN_NS = 0x18e9ac5en << 32n;
const SECONDS = Number(TURN_NS / 1_000_000_000n);
const NAMES = ['ns1:a', 'host:b'];
const LOST: LiveFate = { kind: 'lost', where: 'ns2:c', isInPart: false, afterMs: 200 };
const ARRIVED: LiveFate = { kind: 'arrived' };
const GROUP: LostGroup = { text: 'UDP', lastSeen: 'host:b', where: 'ns2:c', packets: 2, said: '10.0.0.1 says: no' };
const OUTCOME: Outcome = {
  ofFile: '2 lost',
  isToBeTold: false,
  causesOf: (group) => (group === GROUP ? ['firewall-drop: h\u001b2 drops it', 'then no-route'] : []),
};

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nsdiag-remarks-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A packet at both devices, a microsecond apart, every two microseconds around the turn. */
async function capture(): Promise<string> {
  const path = join(folder, 'all.pcapng');
  const file = await PcapngFile.open(path, { application: 'nsdiag' }, NEVER);
  for (const name of NAMES) file.describe({ name, linkType: 1, snapLengthBytes: 256 });
  for (let sighting = 0; sighting < 6; sighting++) {
    const ns = timeOf(sighting);
    file.packet(
      sighting % 2,
      Number(ns / 1_000_000_000n),
      Number(ns % 1_000_000_000n),
      new Uint8Array(60),
      0,
      60,
      60,
      'in',
    );
  }
  await file.close();
  return path;
}

function timeOf(sighting: number): bigint {
  return TURN_NS - 3_000n + BigInt(sighting) * 1_000n;
}

function journey(packet: number, changes: readonly string[] = []): () => LiveJourney {
  const hop = { direction: 'in', isForOther: false, isBeside: false, ttl: 64 } as const;
  return () => ({
    timestampNs: timeOf(packet * 2),
    text: 'UDP',
    lengthBytes: 60,
    hops: [
      { ...hop, netns: 'ns1', device: 'a', from: undefined, afterNs: 0, changes: [] },
      { ...hop, netns: 'host', device: 'b', from: 0, afterNs: 1_000, changes },
    ],
    moreHops: 0,
    fate: ARRIVED,
  });
}

test('Remarks go to the packet they are about: where it was lost, and where it came out changed', async () => {
  const path = await capture();
  const remarks = new Remarks(SECONDS - 100);
  remarks.tell(ARRIVED, false, () => expect.unreachable('nothing is to be said about it'));
  remarks.tell(ARRIVED, true, journey(0, ['1 became 2']));
  // A bridge port takes what is for others; who else gets it has not got the packet.
  remarks.tell({ ...LOST, group: GROUP }, false, () => {
    const [sent, port, ...rest] = journey(1)().hops.map((hop) => ({ ...hop, isForOther: true }));
    if (sent === undefined || port === undefined) throw new Error('no hops');
    const flooded = { ...port, device: 'c', isBeside: true };
    return { ...journey(1)(), hops: [sent, port, flooded, ...rest] };
  });
  remarks.tell(LOST, true, journey(2, ['3 became 4']));
  expect(await remarks.putInto(path, (id) => NAMES[id], OUTCOME, NEVER)).toBeUndefined();
  const lost = 'nsdiag: lost after here: not seen in ns2:c within 200 ms';
  expect(readAll(readFileSync(path)).packets.map(({ options }) => options.comments)).toEqual([
    [],
    ['nsdiag: 1 became 2'],
    [],
    [lost, 'nsdiag: 10.0.0.1 says: no', 'nsdiag: firewall-drop: h\\x1b2 drops it', 'nsdiag: then no-route'],
    [],
    ['nsdiag: 3 became 4', lost],
  ]);
});

test('Remarks say that the file is without them, and how many are left out', async () => {
  const nothing = new Remarks(SECONDS);
  expect(await nothing.putInto('/dev/null', () => undefined, OUTCOME, NEVER)).toBeUndefined();
  const told = { ...OUTCOME, isToBeTold: true };
  for (const path of ['-', '/dev/null'])
    expect(await nothing.putInto(path, () => undefined, told, NEVER)).toBeUndefined();
  const remarks = new Remarks(SECONDS);
  for (let packet = 0; packet < 50_003; packet++) remarks.tell(LOST, false, journey(0));
  expect(await remarks.putInto('/dev/null', (id) => NAMES[id], OUTCOME, NEVER)).toMatch(
    /^the file says nothing about packets that were lost/,
  );
  expect(await remarks.putInto('-', (id) => NAMES[id], OUTCOME, NEVER)).toMatch(
    /^what went to standard output says nothing/,
  );
  expect(await remarks.putInto(await capture(), (id) => NAMES[id], OUTCOME, NEVER)).toBe(
    'the file comments on the first 50000 packets that were lost or rewritten, and not on 3 more',
  );
});
