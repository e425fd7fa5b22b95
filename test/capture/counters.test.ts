import { expect, test } from 'vitest';
import { lastCounters } from '../../src/capture/counters.ts';

test('lastCounters() reads what tcpdump says at its end, and when asked', () => {
  const asked = 'tcpdump: 9 packets captured, 12 packets received by filter, 3 packets dropped by kernel\n';
  const ended =
    '1 packet captured\n1 packet received by filter\n0 packets dropped by kernel\n2 packets dropped by interface\n';
  expect(lastCounters(asked)).toEqual({ captured: 9, received: 12, dropped: 3 });
  expect(lastCounters(ended)).toEqual({ captured: 1, received: 1, dropped: 0 });
  expect(lastCounters(asked + ended)).toEqual({ captured: 1, received: 1, dropped: 0 });
});

test('lastCounters() answers nothing before the last number is there', () => {
  const all = '9 packets captured, 12 packets received by filter, 3 packets dropped by kernel';
  for (let end = 0; end < all.length; end++) expect(lastCounters(all.slice(0, end))).toBeUndefined();
});
