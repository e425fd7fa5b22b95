import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Wakeups } from '../../../src/cli/watch/wakeups.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** What `next()` answers, and after how many milliseconds. */
async function woken(wakeups: Wakeups, during: () => Promise<void>): Promise<readonly [string, number]> {
  const began = performance.now();
  let answered: readonly [string, number] = ['never', Number.NaN];
  void wakeups.next().then((why) => {
    answered = [why, performance.now() - began];
  });
  await during();
  await vi.advanceTimersByTimeAsync(60_000);
  return answered;
}

test('Wakeups wakes after a time in which nothing has changed', async () => {
  const wakeups = new Wakeups(30_000, new AbortController().signal);

  expect(await woken(wakeups, async () => undefined)).toEqual(['time', 30_000]);
});

test('Wakeups waits for the last of changes that come together', async () => {
  const wakeups = new Wakeups(30_000, new AbortController().signal);
  const [why, afterMs] = await woken(wakeups, async () => {
    for (let change = 0; change < 3; change++) {
      wakeups.wake();
      await vi.advanceTimersByTimeAsync(100);
    }
  });

  expect([why, afterMs]).toEqual(['changed', 350]);
});

test('Wakeups looks meanwhile when changes do not end', async () => {
  const wakeups = new Wakeups(30_000, new AbortController().signal);
  const [why, afterMs] = await woken(wakeups, async () => {
    for (let change = 0; change < 40; change++) {
      wakeups.wake();
      await vi.advanceTimersByTimeAsync(100);
    }
  });

  expect(why).toBe('changed');
  expect(afterMs).toBeLessThanOrEqual(1100);
});

test('Wakeups counts a change that came while nobody waited', async () => {
  const wakeups = new Wakeups(30_000, new AbortController().signal);
  wakeups.wake();
  await vi.advanceTimersByTimeAsync(500);

  expect(await woken(wakeups, async () => undefined)).toEqual(['changed', 0]);
});

test('Wakeups stops when it is interrupted', async () => {
  const controller = new AbortController();
  const wakeups = new Wakeups(30_000, controller.signal);

  expect(await woken(wakeups, async () => controller.abort())).toEqual(['stopped', 0]);
  expect(await wakeups.next()).toBe('stopped');
});
