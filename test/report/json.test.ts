import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import type { Port } from '../../src/net/port.ts';
import { whyDocument, whyErrorDocument } from '../../src/report/json.ts';
import { addr } from '../helpers/iproute-text.ts';
import {
  diagnosis,
  disagreement,
  missingRouteBack,
  netns,
  QUESTION,
  threeFaults,
  undecided,
} from './example-diagnoses.ts';

const SCHEMA = JSON.parse(readFileSync(new URL('../../src/report/schemas/why-1.schema.json', import.meta.url), 'utf8'));
const validate = new Ajv2020({ allErrors: true, strictTypes: false }).compile(SCHEMA);

function errorsOf(document: unknown): readonly string[] {
  // Through text, as a reader gets it: an undefined would vanish, a bigint would throw.
  validate(JSON.parse(JSON.stringify(document)));
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

test.each([
  ['a reachable destination', diagnosis()],
  ['a missing route', missingRouteBack()],
  ['three faults', threeFaults()],
  ['an undecided question', undecided()],
  ['witnesses that disagree', disagreement()],
])('whyDocument() of %s keeps the schema', (_, value) => {
  expect(errorsOf(whyDocument(value))).toEqual([]);
});

test('whyErrorDocument() keeps the schema when nothing of the question could be understood', () => {
  const question = {
    netns: null,
    destination: null,
    proto: null,
    port: null,
    name: null,
    from: null,
    sourcePort: null,
  };
  const document = whyErrorDocument(question, 'Cannot look into "nss1": there is no such namespace', 'Near: ns1');
  expect(errorsOf(document)).toEqual([]);
  expect(document).toMatchObject({ verdict: 'undecided', wire: null, proof: null, notes: ['Near: ns1'] });
});

test.each([
  ['verdict', { verdict: 'maybe' }],
  ['causes', { causes: [{ code: 'no-route' }] }],
  ['question', { question: { netns: 'ns1' } }],
  ['proof', { proof: { walked: false, deliveredAfter: 1 } }],
  ['wire', { wire: { sent: '3', received: 0, lastSeen: null } }],
  ['notes', { notes: [null] }],
])('the schema refuses a wrong %s', (key, wrong) => {
  expect(errorsOf({ ...whyDocument(missingRouteBack()), ...wrong }).join()).toContain(`/${key}`);
});

test('whyDocument() says what the diagnosis says, with null for what does not apply', () => {
  const document = whyDocument(missingRouteBack());
  expect(document.question).toEqual({
    netns: 'ns1',
    destination: '10.0.2.1',
    proto: 'icmp',
    port: null,
    name: null,
    from: null,
    sourcePort: null,
  });
  expect(document.causes[0]).toMatchObject({ code: 'no-route', netns: 'ns2', device: null, leg: 'reply' });
  expect(document.causes[0]?.fix[0]?.undo?.slice(0, 5)).toEqual(['ip', '-n', 'ns2', 'route', 'del']);
  expect(document.proof).toEqual({ walked: true, deliveredAfter: 1 });
  expect(document.wire).toEqual({ sent: 3, received: 0, lastSeen: { netns: 'ns2', device: 'veth1', leg: 'request' } });
});

test('whyDocument() repeats the ends that were asked for', () => {
  const question = { ...missingRouteBack().question, from: addr('10.0.1.1'), sourcePort: 4711 as Port };
  const document = whyDocument({ ...missingRouteBack(), question });
  expect(document.question).toMatchObject({ from: '10.0.1.1', sourcePort: 4711 });
  expect(errorsOf(document)).toEqual([]);
});

test('whyDocument() tells seen, not seen and not watched apart', () => {
  const seen = (value: ReturnType<typeof diagnosis>) => whyDocument(value).paths.request.map((hop) => hop.seen);
  expect(seen(disagreement())).toEqual([null, null, true, true, false, false, null]);
  expect(seen(undecided())).toEqual([null, null, null, null]);
  expect(whyDocument(diagnosis()).paths.request.map(({ afterUs }) => afterUs)).toEqual([
    null,
    null,
    0,
    12.3,
    24.6,
    36.9,
    null,
  ]);
});

test('whyDocument() names port and protocol of a TCP question', () => {
  const question = { ...QUESTION, netns: netns('host'), proto: 'tcp', port: 80 } as typeof QUESTION;
  expect(whyDocument(diagnosis({ question })).question).toMatchObject({ netns: 'host', proto: 'tcp', port: 80 });
});
