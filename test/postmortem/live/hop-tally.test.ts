import { expect, test } from 'vitest';
import { HopTally } from '../../../src/postmortem/live/hop-tally.ts';
import { echo } from '../../helpers/packets.ts';
import { following } from './following.ts';

test('HopTally counts what passed from each place to the next, and its delay, to a fifth', () => {
  const { see, follower, ended } = following([2]);
  for (let number = 0; number < 100; number++) {
    see(1, number * 1000, echo('10.0.0.1', '10.0.0.2', number));
    see(9, number * 1000, echo('10.0.0.1', '10.0.0.2', number));
    // The slowest of a hundred decides the most, and not the median.
    see(2, number * 1000 + (number === 50 ? 90 : 10), echo('10.0.0.1', '10.0.0.2', number));
  }
  follower.finish();
  const tally = new HopTally();
  for (const packet of ended) tally.add(packet, packet.hasArrived ? 'arrived' : 'lost', (point) => point === 9);
  expect(tally.fates).toEqual({ arrived: 100, left: 0, group: 0, lost: 0, unknown: 0 });
  const [hop, ...others] = tally.hops;
  expect(others).toEqual([]);
  expect(hop).toMatchObject({ from: 1, to: 2, passed: 100, rewritten: 0, leastNs: 10e6, mostNs: 90e6 });
  expect(hop?.medianNs).toBeGreaterThan(8e6);
  expect(hop?.medianNs).toBeLessThan(12e6);
});
