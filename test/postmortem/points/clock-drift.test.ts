/**
 * Clocks that go at different rates, and ways that only look so.
 *
 * @module
 */

import { expect, test } from 'vitest';
import { DriftSamples } from '../../../src/postmortem/points/clock-drift.ts';
import { echo, echoReply } from '../../helpers/packets.ts';
import { match, type Seen } from './at-points.ts';

const A = '10.0.1.1';
const B = '10.0.2.1';
const MINUTES = 10;
const EVERY_MICROSECONDS = 2_000_000;
const PINGS = (MINUTES * 60e6) / EVERY_MICROSECONDS;
const WAY_MICROSECONDS = 200;

/** A ping every two seconds, and how the second host's clock shows the moment. */
function pinged(clockOf: (microseconds: number) => number, { ttlFalls = 1 } = {}) {
  const a: Seen[] = [];
  const b: Seen[] = [];
  for (let at = 0; at < PINGS; at++) {
    const sent = at * EVERY_MICROSECONDS;
    const [came, answered, home] = [1, 2, 3].map((ways) => sent + ways * WAY_MICROSECONDS) as [number, number, number];
    a.push([sent, echo(A, B, at, { ttl: 64, id: at })], [home, echoReply(B, A, at, { ttl: 64 - ttlFalls, id: at })]);
    b.push([Math.round(clockOf(came)), echo(A, B, at, { ttl: 64 - ttlFalls, id: at })]);
    b.push([Math.round(clockOf(answered)), echoReply(B, A, at, { ttl: 64, id: at })]);
  }
  return match({ name: 'a', seen: a }, { name: 'b', seen: b });
}

test.each([
  ['50 µs a second', 50, 1],
  ['-20 µs a second, and no router between', -20, 0],
  ['200 µs a second, as a machine of no care', 200, 1],
])('matchPoints() puts a clock right that gains %s', (_, ppm, ttlFalls) => {
  const aheadMicroseconds = 1_500_000;
  const { analysis } = pinged((time) => aheadMicroseconds + time * (1 + ppm * 1e-6), { ttlFalls });
  const [, clock] = analysis.clocks;

  expect(clock?.driftPpm).toBeCloseTo(ppm, 1);
  expect((clock?.aheadNs ?? 0) / 1e9).toBeCloseTo(1.5, 4);
  for (const { delay, passed } of analysis.hops) {
    expect(passed).toBe(PINGS);
    for (const ns of [delay?.leastNs, delay?.mostNs]) expect((ns ?? 0) / 1000 - WAY_MICROSECONDS).toBeCloseTo(0, -1);
  }
  expect(analysis.findings).toEqual([]);
});

test('matchPoints() says of one clock that it does not drift', () => {
  expect(pinged((time) => time).analysis.clocks[1]).toEqual({ point: 1, aheadNs: 0, driftPpm: 0, by: 'one' });
});

/** `there` and `back`: by how much the packets of either direction seem late, at a second of the capture. */
function driftOf(there: (second: number) => number, back: (second: number) => number, samples = 600): number {
  const drift = new DriftSamples();
  for (let second = 0; second < samples; second++) {
    drift.add(true, second * 1e9, there(second));
    drift.add(false, second * 1e9, back(second));
  }
  return drift.drift();
}

test('DriftSamples finds the rate beside delays that vary', () => {
  const varies = (second: number) => ((second * 7919) % 100) * 2000;

  expect(
    driftOf(
      (at) => at * 30_000 + varies(at),
      (at) => at * 30_000 - varies(at + 3),
    ) * 1e6,
  ).toBeCloseTo(30, 0);
});

test.each([
  ['a queue that grows on the way there', (at: number) => at * 100_000, () => -200_000, 600],
  ['queues that grow both ways', (at: number) => at * 100_000, (at: number) => -at * 100_000, 600],
  ['a clock that is set', (at: number) => (at < 300 ? 0 : 5e8), (at: number) => (at < 300 ? -400 : 5e8 - 400), 600],
  ['delays that vary more than the clock', (at: number) => ((at * 7919) % 997) * 1e6 + at * 100, () => 0, 600],
  ['a rate that no clock has', (at: number) => at * 5e6, (at: number) => at * 5e6, 600],
  ['few packets', (at: number) => at * 50_000, (at: number) => at * 50_000, 20],
])('DriftSamples takes %s for no drift', (_, there, back, samples) => {
  expect(driftOf(there, back, samples)).toBe(0);
});
