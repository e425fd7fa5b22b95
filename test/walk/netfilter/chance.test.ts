/** Rules that draw lots: the walk goes every way, and tells them apart only where they end apart. */

import { expect, test } from 'vitest';
import type { Host } from '../../../src/host/host.ts';
import { isRoundTripDelivered } from '../../../src/journey/journey.ts';
import { walkRoundTrip } from '../../../src/walk/round-trip.ts';
import { ask } from '../../helpers/ask.ts';
import { hostOf } from '../../helpers/build-host.ts';
import { iptablesRules } from './hook.ts';

/** c - r - s, and r spreads what is for 192.0.2.9 as these rules of its nat table say. */
function spreading(...rules: readonly string[]): Host {
  return hostOf({
    c: { links: { ce: { peer: 'r:re1', addresses: ['10.0.1.2/24'] } }, routes: ['default via 10.0.1.1'] },
    r: {
      links: { re1: { addresses: ['10.0.1.1/24'] }, re2: { peer: 's:se', addresses: ['10.0.2.1/24'] } },
      sysctls: { 'net/ipv4/ip_forward': 1 },
      ruleset: iptablesRules('nat', rules),
    },
    s: {
      links: { se: { addresses: ['10.0.2.2/24', '10.0.2.3/24', '10.0.2.4/24'] } },
      routes: ['default via 10.0.2.1'],
    },
  });
}

const THIRD = '-A PREROUTING -d 192.0.2.9/32 -m statistic --mode random --probability 0.33333333349';
const HALF = '-A PREROUTING -d 192.0.2.9/32 -m statistic --mode random --probability 0.50000000000';
const REST = '-A PREROUTING -d 192.0.2.9/32';

test('walkRoundTrip() delivers where every backend that may be drawn answers, and says that it went every way', () => {
  const host = spreading(
    `${THIRD} -j DNAT --to-destination 10.0.2.2`,
    `${HALF} -j DNAT --to-destination 10.0.2.3`,
    `${REST} -j DNAT --to-destination 10.0.2.4`,
  );
  const trip = walkRoundTrip(host, ask('c', '192.0.2.9'));

  expect(isRoundTripDelivered(trip)).toBe(true);
  const unsure = trip.request.steps.flatMap((step) => (step.stage === 'netfilter' ? (step.unsure ?? []) : []));
  expect(unsure).toEqual([
    expect.stringMatching(/^Every way was walked where .*probability 0\.333/),
    expect.stringMatching(/^Every way was walked where .*probability 0\.500/),
  ]);
});

test('walkRoundTrip() is undecided where one of the backends is dead, and says which rule draws and how each way ends', () => {
  const host = spreading(`${HALF} -j DNAT --to-destination 10.0.2.2`, `${REST} -j DNAT --to-destination 10.0.2.99`);
  const { fate } = walkRoundTrip(host, ask('c', '192.0.2.9')).request;

  expect(fate).toMatchObject({
    kind: 'undecided',
    because: [
      expect.stringMatching(
        /probability 0\.500.* is chance \(rule 1 of .*\): one way the packet dies in r \(neighbor-unanswered\), another way it is answered$/,
      ),
    ],
  });
});

test('walkRoundTrip() is undecided about a rule that drops some packets at random', () => {
  const host = spreading();
  const lossy = iptablesRules('filter', ['-A FORWARD -m statistic --mode random --probability 0.1 -j DROP']);
  const namespaces = host.namespaces.map((netns) =>
    netns.name === 'r' && netns.ruleset.known ? { ...netns, ruleset: { ...netns.ruleset, value: lossy } } : netns,
  );

  expect(walkRoundTrip({ ...host, namespaces }, ask('c', '10.0.2.2')).request.fate.kind).toBe('undecided');
});
