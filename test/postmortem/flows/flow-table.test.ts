/**
 * The table of flows: bounded whatever comes, and found from both sides.
 *
 * @module
 */

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
