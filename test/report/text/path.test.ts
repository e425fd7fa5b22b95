import { expect, test } from 'vitest';
import { hopsOf } from '../../../src/diagnosis/hops.ts';
import type { Step } from '../../../src/journey/step.ts';
import { pathText } from '../../../src/report/text/path.ts';
import { styleOf } from '../../../src/report/text/style.ts';
import * as examples from '../example-diagnoses.ts';

const PLAIN = styleOf(false, 80);

function rowsOf(text: string): readonly string[] {
  return text.split('\n').slice(1);
}

test('pathText() puts each sighting, with its time, beside the place where it was', () => {
  const rows = rowsOf(pathText(examples.diagnosis(), PLAIN));
  expect(rows.filter((row) => row.includes('seen')).map((row) => row.trim().replaceAll(/ {2,}/g, ' | '))).toEqual([
    'ns1 veth0 | out, towards 10.0.1.254 | seen | 0 µs',
    'router r1 | in | seen | 12 µs',
    'router r2 | out | seen | 25 µs',
    'ns2 veth1 | in | seen | 37 µs',
    'ns2 veth1 | out, towards 10.0.2.254 | seen | 49 µs',
    'router r2 | in | seen | 62 µs',
    'router r1 | out | seen | 74 µs',
    'ns1 veth0 | in | seen | 86 µs',
  ]);
});

test('pathText() ends where the packet was missed first, not where the model would have it', () => {
  const rows = rowsOf(pathText(examples.disagreement(), PLAIN));
  expect(rows.at(-2)).toMatch(/router r2 +out +not seen/);
  expect(rows.at(-1)).toContain('the model expects it to go on from here');
  expect(rows.join('\n')).not.toContain('delivered');
});

test('pathText() does not end at a place that was missed when the packet was seen behind it', () => {
  const { trip } = examples.diagnosis();
  const sightings = examples.sightingsOf([trip.request]).filter(({ device }) => device !== 'r1');
  const seen = examples.observation({ sightings });
  const hops = { request: hopsOf(trip.request, seen), reply: hopsOf(trip.reply, seen) };
  const text = pathText(examples.diagnosis({ hops, wire: { observation: seen, lastSeen: undefined } }), PLAIN);
  expect(text).toMatch(/router r1 +in +not seen/);
  expect(text).toMatch(/ns2 veth1 +in +seen/);
});

test('pathText() shows where the wire saw the packet beyond the end of the model', () => {
  const { trip } = examples.diagnosis();
  const sightings = examples.sightingsOf([trip.request, ...(trip.reply === undefined ? [] : [trip.reply])]);
  const seen = examples.observation({ sightings: [...sightings, ...sightings].slice(0, 12) });
  const { request } = examples.undecided().trip;
  const hops = { request: hopsOf(request, seen), reply: [] };
  const wire = { observation: seen, lastSeen: undefined };
  const rows = rowsOf(pathText(examples.diagnosis({ trip: { request, reply: undefined }, hops, wire }), PLAIN));
  expect(
    rows.filter((row) => row.includes('did not expect')).map((row) => row.trim().replaceAll(/ {2,}/g, ' | ')),
  ).toEqual([
    'router r2 | out, which the model did not expect | seen | 25 µs',
    'ns2 veth1 | in, which the model did not expect | seen | 37 µs',
    'reply | ns2 veth1 | out, which the model did not expect | seen | 49 µs',
    'router r2 | in, which the model did not expect | seen | 62 µs',
    'router r1 | out, which the model did not expect | seen | 74 µs',
    'ns1 veth0 | in, which the model did not expect | seen | 86 µs',
  ]);
});

test('pathText() calls what comes back of a refused connection the refusal', () => {
  const { trip, hops } = examples.disagreement();
  const sightings = examples.sightingsOf(trip.reply === undefined ? [] : [trip.reply]);
  const wire = { observation: examples.observation({ refused: true, sightings }), lastSeen: undefined };
  const text = pathText(
    examples.diagnosis({ trip: { ...trip, reply: undefined }, hops: { ...hops, reply: [] }, wire }),
    PLAIN,
  );
  expect(text).toMatch(/^reply +ns2 veth1 +out, with the refusal +seen +0 µs$/m);
  expect(text).not.toContain('did not expect');
});

test('pathText() says of a translation what it changed, and who did it', () => {
  const [packet] = examples.REQUEST_STEPS.flatMap((step) => (step.stage === 'egress' ? [step.packet] : []));
  if (packet === undefined) throw new Error('no packet');
  const at = { netns: examples.netns('router'), device: examples.device('r2'), hook: 'postrouting' as const };
  const nat = (after: Partial<typeof packet>): Step => ({
    ...at,
    stage: 'nat',
    rule: undefined,
    before: packet,
    after: { ...packet, ...after },
  });
  const steps = [
    nat({ source: examples.address('10.9.9.9') }),
    nat({ source: examples.address('fd00::1'), destination: examples.address('fd00::2') }),
    nat({}),
  ];
  const request = examples.journey('request', steps, { kind: 'delivered', netns: examples.netns('ns2') });
  const rows = rowsOf(pathText(examples.diagnosis({ trip: { request, reply: undefined }, wire: undefined }), PLAIN));
  expect(rows.map((row) => row.trim())).toEqual([
    'request  router r2  source becomes 10.9.9.9, by conntrack',
    'router r2  source becomes fd00::1, destination becomes fd00::2, by',
    'conntrack',
    'router r2  stays as it is, by conntrack',
  ]);
});

test('pathText() has no column for a wire that nobody asked', () => {
  const text = pathText(examples.undecided(), PLAIN);
  expect(text).not.toContain('on the wire');
  expect(text).toContain('not decided: iptables-nft filter FORWARD rule 3');
});

test('pathText() leaves the wire empty where nobody listened', () => {
  const { trip } = examples.diagnosis();
  const seen = examples.observation({
    sightings: examples.sightingsOf([trip.request]).filter(({ netns }) => netns !== 'router'),
    watched: [examples.netns('ns1'), examples.netns('ns2')],
  });
  const hops = { request: hopsOf(trip.request, seen), reply: [] };
  const text = pathText(examples.diagnosis({ hops, wire: { observation: seen, lastSeen: undefined } }), PLAIN);
  expect(text).toMatch(/router r1 +in$/m);
});

test('pathText() breaks long names of namespace and device instead of cutting them', () => {
  const name = `cni-${'0123456789'.repeat(4)}`;
  const steps = examples.REQUEST_STEPS.map((step) => ({ ...step, netns: examples.netns(name) }));
  const request = examples.journey('request', steps, { kind: 'delivered', netns: examples.netns(name) });
  const text = pathText(
    examples.diagnosis({
      trip: { request, reply: undefined },
      hops: { request: hopsOf(request, undefined), reply: [] },
      wire: undefined,
    }),
    PLAIN,
  );
  expect(text.split('\n').every((line) => line.length <= 80)).toBe(true);
  expect(text).toContain(name.slice(0, 24));
  expect(text).toContain(name.slice(24));
});
