import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import type { Host } from '../../src/host/host.ts';
import { topoDocument, topoErrorDocument } from '../../src/report/topo-json.ts';
import { compareHosts } from '../../src/topology/comparison.ts';
import { topologyOf } from '../../src/topology/topology.ts';
import { forget, tweakLink } from '../helpers/build-host.ts';
import { bridged, crowd, hostile, overlay, stacked } from '../topology/worlds.ts';

const SCHEMA = JSON.parse(
  readFileSync(new URL('../../src/report/schemas/topo-1.schema.json', import.meta.url), 'utf8'),
);
const validate = new Ajv2020({ allErrors: true, strictTypes: false }).compile(SCHEMA);

function errorsOf(document: unknown): readonly string[] {
  // Through text, as a reader gets it: an undefined would vanish.
  validate(JSON.parse(JSON.stringify(document)));
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

const HOSTS: readonly (readonly [name: string, host: Host])[] = [
  ['a bridge', bridged()],
  ['a tunnel', overlay()],
  ['a tunnel whose far end does not take it', overlay({ vni: 7 })],
  ['what stands on another device', stacked()],
  ['a crowd', crowd(4)],
  ['hostile names', hostile()],
  ['a namespace that could not be read', forget(bridged(), 'ns2', 'links', 'no permission')],
];

test.each(HOSTS)('topoDocument() of %s keeps the schema', (_, host) => {
  const document = topoDocument(topologyOf(host), undefined, undefined);

  expect(errorsOf(document)).toEqual([]);
  expect(document.namespaces.length).toBe(host.namespaces.length);
});

test('topoDocument() of a comparison keeps the schema, and tells the change with what follows from it', () => {
  const [before, after] = [bridged(), tweakLink(bridged(), 'ns1:eth0', { up: false })];
  const compared = { ...compareHosts(before, after), since: '2026-11-22T10:00:00Z' };
  const document = topoDocument(topologyOf(after), '2026-11-22T11:00:00Z', compared);

  expect(errorsOf(document)).toEqual([]);
  expect(document.comparison?.changes).toMatchObject([{ netns: 'ns1', device: 'eth0', subject: 'link' }]);
});

test('topoErrorDocument() keeps the schema', () => {
  expect(errorsOf(topoErrorDocument('Cannot read x', undefined))).toEqual([]);
});

test.each([
  ['wires', { wires: [{ kind: 'string' }] }],
  ['oddities', { oddities: [{ code: 'Not A Code' }] }],
  ['namespaces', { namespaces: [{ name: 'ns1' }] }],
  ['comparison', { comparison: { since: 3 } }],
])('the schema of topo refuses a wrong %s', (key, wrong) => {
  const document = topoDocument(topologyOf(bridged()), undefined, undefined);
  expect(errorsOf({ ...document, ...wrong }).join()).toContain(`/${key}`);
});
