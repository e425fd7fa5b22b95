/** The walk as a whole: both legs of a question through small hosts. */

import { expect, test } from 'vitest';
import { isRoundTripDelivered } from '../../src/journey/journey.ts';
import type { Step } from '../../src/journey/step.ts';
import { walkRoundTrip } from '../../src/walk/round-trip.ts';
import { ask } from '../helpers/ask.ts';
import { hostOf } from '../helpers/build-host.ts';

const PAIR = {
  ns1: { links: { veth0: { peer: 'ns2:veth1', addresses: ['10.0.1.1/24'] } }, routes: ['10.0.2.0/24 via 10.0.1.2'] },
  ns2: { links: { veth1: { addresses: ['10.0.1.2/24', '10.0.2.1/24'] } } },
};

test('walkRoundTrip() delivers both legs over a veth pair', () => {
  const trip = walkRoundTrip(hostOf(PAIR), ask('ns1', '10.0.1.2'));
  expect(isRoundTripDelivered(trip)).toBe(true);
  expect(trip.request.steps.map(stepText)).toEqual([
    'send ns1',
    'route ns1:veth0',
    'neighbor ns1:veth0',
    'egress ns1:veth0',
    'ingress ns2:veth1',
    'route ns2:lo',
    'deliver ns2:veth1',
  ]);
});

test('walkRoundTrip() dies where a route is missing, on the leg that misses it', () => {
  const there = walkRoundTrip(hostOf({ ...PAIR, ns1: { ...PAIR.ns1, routes: [] } }), ask('ns1', '10.0.2.1'));
  expect(there.request.fate).toMatchObject({ kind: 'dropped', netns: 'ns1', reason: { kind: 'no-route' } });
  expect(there.reply).toBeUndefined();

  const links = { ...PAIR.ns1.links, veth9: { kind: 'dummy', addresses: ['10.0.9.1/24'] } };
  const back = walkRoundTrip(
    hostOf({ ...PAIR, ns1: { ...PAIR.ns1, links } }),
    ask('ns1', '10.0.2.1', { from: '10.0.9.1' }),
  );
  expect(back.request.fate).toEqual({ kind: 'delivered', netns: 'ns2' });
  expect(back.reply?.fate).toMatchObject({
    kind: 'dropped',
    netns: 'ns2',
    reason: { kind: 'no-route', lookup: { destination: '10.0.9.1', source: '10.0.2.1', inDevice: undefined } },
  });
});

function stepText({ stage, netns, device }: Step): string {
  return device === undefined ? `${stage} ${netns}` : `${stage} ${netns}:${device}`;
}
