import { expect, test } from 'vitest';
import { HopTally } from '../../../src/postmortem/live/hop-tally.ts';
import { arpRequest, echo } from '../../helpers/packets.ts';
import { following, NO_LAYOUT } from './following.ts';

const ALONE = { ...NO_LAYOUT, hopOf: (point: number) => point };

test('HopTally counts what passed from each place to the next, and its delay, to a fifth', () => {
  const { see, follower, ended } = following([2]);
  for (let number = 0; number < 100; number++) {
    see(1, number * 1000, echo('10.0.0.1', '10.0.0.2', number));
    see(9, number * 1000, echo('10.0.0.1', '10.0.0.2', number));
    // The slowest of a hundred decides the most, and not the median.
    see(2, number * 1000 + (number === 50 ? 90 : 10), echo('10.0.0.1', '10.0.0.2', number));
  }
  follower.finish();
  const tally = new HopTally({ ...ALONE, isBeside: (point) => point === 9 });
  for (const packet of ended) tally.add(packet, packet.hasArrived ? 'arrived' : 'lost');
  expect(tally.fates).toEqual({ arrived: 100, left: 0, group: 0, lost: 0, unknown: 0 });
  const [hop, ...others] = tally.hops;
  expect(others).toEqual([]);
  expect(hop).toMatchObject({ from: 1, to: 2, passed: 100, rewritten: 0, leastNs: 10e6, mostNs: 90e6 });
  expect(hop?.medianNs).toBeGreaterThan(8e6);
  expect(hop?.medianNs).toBeLessThan(12e6);
});

test('HopTally counts two points of one place as one, and a packet that goes to all by where it branched', () => {
  const { see, follower, ended } = following();
  see(1, 0, echo('10.0.0.1', '10.0.0.2', 1));
  see(2, 10, echo('10.0.0.1', '10.0.0.2', 1));
  see(1, 20, echo('10.0.0.1', '10.0.0.2', 2));
  see(12, 30, echo('10.0.0.1', '10.0.0.2', 2));
  for (const [at, point] of [1, 3, 4, 5].entries()) see(point, 40 + at, arpRequest('10.0.0.1', '10.0.0.2'));
  follower.finish();
  // From 1 to 3 and to 4; who sent it to 5 is not known.
  const branchedFrom = (points: readonly number[], hop: number) => (hop > 0 && points[hop] !== 5 ? 0 : undefined);
  const tally = new HopTally({ ...ALONE, hopOf: (point) => point % 10, branchedFrom });
  for (const packet of ended) tally.add(packet, packet.isGroup ? 'group' : 'arrived');
  expect(tally.hops.map(({ from, to, passed, mostNs }) => [from, to, passed, mostNs])).toEqual([
    [1, 2, 2, 10e6],
    [1, 3, 1, 1e6],
    [1, 4, 1, 2e6],
  ]);
});
