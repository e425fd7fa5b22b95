import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Machine } from '../../src/lab/machine.ts';
import { labsUp, type Recorded, StateFile } from '../../src/lab/state-file.ts';

let machine: Machine;
beforeEach(() => {
  machine = {
    isPrivate: true,
    network: '4026531833',
    root: mkdtempSync(join(tmpdir(), 'nsdiag-state-')),
    run: () => Promise.reject(new Error('nothing is run here')),
  };
});
afterEach(() => rmSync(machine.root, { recursive: true }));

const NS1: Recorded = { kind: 'netns', name: 'ns1' };
const PROCESS: Recorded = { kind: 'process', name: 'web', pid: 7, startTicks: 4711 };

test('StateFile keeps what was made in the order in which it was made, for the next nsdiag to read', () => {
  const state = StateFile.create(machine, 'bridge', 'name: bridge');
  state.add(NS1);
  state.add(PROCESS);
  state.amend(NS1, { ...NS1, inode: 42 });
  state.addFault('port-down');

  const read = StateFile.read(machine, 'bridge');
  expect(read?.made).toEqual([{ ...NS1, inode: 42 }, PROCESS]);
  expect(read?.faults).toEqual(['port-down']);
  expect(read?.text).toBe('name: bridge');
  expect(labsUp(machine)).toEqual(['bridge']);
});

test('StateFile.forget() and remove() leave nothing', () => {
  const state = StateFile.create(machine, 'bridge', '');
  state.add(NS1);
  state.forget(NS1);
  expect(StateFile.read(machine, 'bridge')?.made).toEqual([]);
  state.remove();
  expect(StateFile.read(machine, 'bridge')).toBeUndefined();
  expect(readdirSync(join(machine.root, 'run/nsdiag/labs/4026531833'))).toEqual([]);
});

test('StateFile.create() lets only one of two that come at once', () => {
  StateFile.create(machine, 'bridge', '');
  expect(() => StateFile.create(machine, 'bridge', '')).toThrow('Cannot bring up lab "bridge": it is up already');
  StateFile.create(machine, 'veth-pair', '');
  expect(labsUp(machine)).toEqual(['bridge', 'veth-pair']);
});

test.each([
  ['that was cut', '{ "schema": "nsdiag.lab/1", "lab"'],
  ['of another schema', '{ "schema": "nsdiag.lab/9", "lab": "bridge", "text": "", "made": [], "faults": [] }'],
  [
    'with a record of no kind',
    '{ "schema": "nsdiag.lab/1", "lab": "bridge", "text": "", "made": [{ "kind": "rm" }], "faults": [] }',
  ],
])('StateFile.read() refuses a file %s, and says where it is', (_, text) => {
  StateFile.create(machine, 'bridge', '');
  writeFileSync(join(machine.root, 'run/nsdiag/labs/4026531833/bridge.json'), text);
  expect(() => StateFile.read(machine, 'bridge')).toThrow(/^Cannot read what lab "bridge" has made: .*bridge\.json/);
});

test('a lab that is up in one network is not up in another that shares its /run', () => {
  StateFile.create(machine, 'bridge', '');
  const other = { ...machine, network: '4026532000' };
  expect(labsUp(other)).toEqual([]);
  expect(StateFile.read(other, 'bridge')).toBeUndefined();
  StateFile.create(other, 'bridge', '').remove();
  expect(labsUp(machine)).toEqual(['bridge']);
});

test('labsUp() is empty where no lab ever was', () => {
  expect(labsUp(machine)).toEqual([]);
});
