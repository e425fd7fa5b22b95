import { expect, test } from 'vitest';
import { mtuExceeded } from '../../../src/faults/rules/mtu-exceeded.ts';
import type { PathMtu } from '../../../src/host/path-mtu.ts';
import { addr } from '../../helpers/iproute-text.ts';
import { after, commandsFor, endOf, findBy, isProgress } from '../diagnose.ts';
import { bridged, chain } from '../worlds.ts';

const QUESTION = 'ns1 10.0.2.1 size 1472';

const LEARNED: PathMtu = {
  family: 'inet',
  destination: addr('10.0.2.1'),
  via: addr('10.0.1.254'),
  device: 'e0' as PathMtu['device'],
  mtu: 1400,
};

test('mtu-exceeded widens the wire at both ends, and lets the sender forget what it was told', () => {
  const host = chain({ r1b: { mtu: 1400 }, r2a: { mtu: 1400 } });
  const findings = findBy(mtuExceeded, host, QUESTION);
  expect(findings).toMatchObject([
    {
      code: 'mtu-exceeded',
      netns: 'r1',
      device: 'b',
      leg: 'request',
      what: 'b in r1 passes at most 1400 bytes, and the packet has 1500',
    },
  ]);
  expect(findings[0]?.evidence.map(({ text }) => text)).toContain('what fits there: --size 1372');
  expect(commandsFor(host, findings[0])).toEqual([
    'ip -n r1 link set dev b mtu 1500',
    'ip -n r2 link set dev a mtu 1500',
    'ip -n ns1 route flush cache',
  ]);
  expect(endOf(after(host, findings[0]?.repairs[0]), QUESTION)).toBe('answered');
});

test('mtu-exceeded names the bridge port that drops a long frame in silence', () => {
  const host = bridged({ p2: { mtu: 1400 } });
  const question = 'ns1 10.0.0.2 size 1472';
  const [finding] = findBy(mtuExceeded, host, question);
  expect(finding).toMatchObject({ netns: 'sw', device: 'p2' });
  expect(finding?.why).toContain('nobody is told');
  expect(commandsFor(host, finding)).toEqual(['ip -n sw link set dev p2 mtu 1500']);
  expect(isProgress(host, question, finding)).toBe(true);
});

test('mtu-exceeded takes the mtu off the route that sets it', () => {
  const host = chain({ r1: { routes: ['10.0.2.0/24 via 10.0.12.2 mtu 1400'] } });
  const [finding] = findBy(mtuExceeded, host, QUESTION);
  expect(finding?.what).toContain('a route of r1 passes at most 1400 bytes');
  expect(commandsFor(host, finding)).toEqual([
    'ip -n r1 route change 10.0.2.0/24 via 10.0.12.2 dev b',
    'ip -n ns1 route flush cache',
  ]);
});

test('mtu-exceeded names the narrow place of which the sender has heard, not what it heard', () => {
  const host = chain({ ns1: { pathMtus: [LEARNED] }, r1b: { mtu: 1400 }, r2a: { mtu: 1400 } });
  const [finding] = findBy(mtuExceeded, host, QUESTION);
  expect(finding).toMatchObject({ netns: 'r1', device: 'b' });
  expect(finding?.evidence.map(({ text }) => text)).toContain('10.0.2.1 dev e0 cache mtu 1400');
  expect(endOf(after(host, finding?.repairs[0]), QUESTION)).toBe('answered');
});

test('mtu-exceeded lets the sender forget of a path that is wide by now', () => {
  const host = chain({ ns1: { pathMtus: [LEARNED] } });
  const [finding] = findBy(mtuExceeded, host, QUESTION);
  expect(finding).toMatchObject({ netns: 'ns1', device: 'e0' });
  expect(commandsFor(host, finding)).toEqual(['ip -n ns1 route flush cache']);
  expect(endOf(after(host, finding?.repairs[0]), QUESTION)).toBe('answered');
});

test('mtu-exceeded is silent about a small MTU that fits, and about one of which the sender learns', () => {
  expect(findBy(mtuExceeded, chain({ r1b: { mtu: 1500 }, ns2: { routes: [] } }), QUESTION)).toEqual([]);
  expect(findBy(mtuExceeded, chain({ r1b: { mtu: 80 } }), 'ns1 10.0.2.1')).toEqual([]);
});
