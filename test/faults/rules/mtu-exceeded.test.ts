import { expect, test } from 'vitest';
import { mtuExceeded } from '../../../src/faults/rules/mtu-exceeded.ts';
import { findBy, isProgress } from '../diagnose.ts';
import { chain } from '../worlds.ts';

test('mtu-exceeded raises the MTU that is too small', () => {
  const host = chain({ r1b: { mtu: 80 } });
  const findings = findBy(mtuExceeded, host, 'ns1 10.0.2.1');
  expect(findings).toMatchObject([{ code: 'mtu-exceeded', netns: 'r1', device: 'b', leg: 'request' }]);
  expect(findings[0]?.evidence.length).toBeGreaterThan(0);
  expect(isProgress(host, 'ns1 10.0.2.1', findings[0])).toBe(true);
});

test('mtu-exceeded is silent about a small MTU that fits', () => {
  expect(findBy(mtuExceeded, chain({ r1b: { mtu: 400 }, ns2: { routes: [] } }), 'ns1 10.0.2.1')).toEqual([]);
});
