import { expect, test } from 'vitest';
import type { FoundNamespace } from '../../src/collect/discover.ts';
import type { ReadNamespace } from '../../src/collect/frames.ts';
import { withVlanTables } from '../../src/collect/vlan-tables.ts';

const HERE = { entry: { kind: 'here' }, file: '/proc/self/ns/net' } as FoundNamespace;

function read(link: string): ReadNamespace {
  const output = { command: ['ip', '-d', '-j', 'addr', 'show'], exitCode: 0, stdout: link, stderr: '' };
  return { outputs: { link: output }, isComplete: true, complaint: undefined };
}

test.each([
  ['filters VLANs', '[{"linkinfo":{"info_data":{"vlan_filtering":1}}}]', true],
  ['does not', '[{"linkinfo":{"info_data":{"vlan_filtering":0}}}]', false],
])('withVlanTables() asks where a bridge %s: %s', async (_, link, asks) => {
  const readings = await withVlanTables(new Map([[HERE, read(link)]]), undefined);
  expect(readings.get(HERE)?.outputs['vlan']?.command).toEqual(asks ? ['bridge', '-j', 'vlan', 'show'] : undefined);
  expect(readings.get(HERE)?.outputs['link']).toEqual(read(link).outputs['link']);
});
