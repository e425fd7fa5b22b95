/**
 * The table of flows: bounded whatever comes, and found from both sides.
 *
 * @module
 */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { KEY, RECORD_WORDS } from '../../../src/postmortem/flows/flow-record.ts';
import { FlowTable } from '../../../src/postmortem/flows/flow-table.ts';
import { NETWORK, PacketFields } from '../../../src/wire/fields.ts';

function packet(from: number, to: number): PacketFields {
  return Object.assign(new PacketFields(), { network: NETWORK.ipv4, protocol: 6, source3: from, dest3: to });
}

test('FlowTable finds one flow from both of its sides, and others by port, VLAN, tunnel and point', () => {
  const table = new FlowTable(1, () => undefined, 16);
  const there = table.find(packet(1, 2), 1000, 80, 0);
  expect(table.found).toEqual({ isNew: true, side: 0 });
  expect(table.find(packet(2, 1), 80, 1000, 0)).toBe(there);
  expect(table.found).toEqual({ isNew: false, side: 1 });

  const others = [
    table.find(packet(1, 2), 1001, 80, 0),
    table.find(Object.assign(packet(1, 2), { vlan: 7 }), 1000, 80, 0),
    table.find(Object.assign(packet(1, 2), { tunnel: 1, tunnelId: 42 }), 1000, 80, 0),
    table.find(packet(1, 2), 1000, 80, 1),
  ];
  expect(new Set([there, ...others]).size).toBe(5);
});

test('FlowTable makes room for a flood, tells of whom it forgets, and keeps those that go on', () => {
  const forgotten = new Set<number>();
  const table = new FlowTable(1, (flow) => forgotten.add(table.words[flow * RECORD_WORDS + KEY.ports] as number), 1000);
  const kept = table.find(packet(1, 2), 1, 1, 0);
  for (let address = 10; address < 50_010; address++) {
    table.find(packet(address, 3), 9, 9, 0);
    if (address % 100 === 0) expect(table.find(packet(1, 2), 1, 1, 0)).toBe(kept);
  }
  expect(table.used).toBe(1000);
  expect(table.forgotten).toBe(50_001 - 1000);
  expect(forgotten).toEqual(new Set([(9 << 16) | 9]));
});

test('FlowTable still finds everybody after many made room', () => {
  const table = new FlowTable(3, () => undefined, 64);
  for (let address = 1; address <= 1000; address++) table.find(packet(address, 0), 1, 2, 0);
  const held = Array.from({ length: 1000 }, (_, index) => table.lookUp(packet(index + 1, 0), 1, 2, 0)).filter(
    (flow) => flow !== -1,
  );

  expect(new Set(held).size).toBe(64);
});

/** One of few addresses, ports and contexts, so that they meet again and again. */
const few = fc.record({
  source: fc.integer({ min: 0, max: 2 }),
  dest: fc.integer({ min: 0, max: 2 }),
  sourcePort: fc.constantFrom(1, 65_535),
  destPort: fc.constantFrom(1, 65_535),
  point: fc.constantFrom(0, 1),
  context: fc.constantFrom(
    {},
    { vlan: 7 },
    { tunnel: 1, tunnelId: -1 },
    { tunnel: 1, tunnelId: 2 },
    { network: NETWORK.ipv6 },
    { protocol: 17 },
  ),
  isAnother: fc.boolean(),
});

test('FlowTable finds for whatever packet the flow that holds its key, the same one as long as it is held', () => {
  fc.assert(
    fc.property(
      fc.array(few, { minLength: 200, maxLength: 300 }),
      fc.integer(),
      fc.constantFrom(3, 16, 10_000),
      (packets, seed, most) => {
        const held = new Map<string, number>();
        const table = new FlowTable(seed, (flow) => forget(held, flow), most);
        for (const { source, dest, sourcePort, destPort, point, context, isAnother } of packets) {
          const fields = Object.assign(packet(source * 0x0101_0101, dest * 0x0101_0101), context);
          const ends = [`${source}:${sourcePort}`, `${dest}:${destPort}`];
          const isInOrder = source === dest ? sourcePort <= destPort : source < dest;
          const key = JSON.stringify([isInOrder ? ends : ends.toReversed(), point, context]);
          const known = held.get(key);

          const flow = table.find(fields, sourcePort, destPort, point);

          expect(table.found).toEqual({ isNew: known === undefined, side: isInOrder ? 0 : 1 });
          if (known !== undefined) expect(flow).toBe(known);
          expect([...held].filter(([other, at]) => at === flow && other !== key)).toEqual([]);
          held.set(key, flow);
          if (isAnother && known !== undefined) held.set(key, table.replace(flow, fields, sourcePort, destPort, point));
        }
      },
    ),
    { numRuns: 40 },
  );
});

function forget(held: Map<string, number>, flow: number): void {
  for (const [key, at] of held) if (at === flow) held.delete(key);
}

test('FlowTable begins anew in the buffer of another one', () => {
  const before = new FlowTable(1, () => undefined, 16);
  for (let address = 10; address < 40; address++) before.find(packet(address, 3), 9, 9, 0);
  const buffer = before.emptied();
  expect(new Uint8Array(buffer).some((byte) => byte !== 0)).toBe(false);

  const table = new FlowTable(2, () => undefined, 16, buffer);
  expect(table.words.buffer).toBe(buffer);
  expect(table.used).toBe(0);
  table.find(packet(10, 3), 9, 9, 0);
  expect(table.found.isNew).toBe(true);
});
