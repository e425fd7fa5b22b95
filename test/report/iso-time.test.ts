import { expect, test } from 'vitest';
import { isoTime } from '../../src/report/iso-time.ts';

test.each([
  [1_795_309_323_000_000_004n, '2026-11-22T01:02:03.000000004Z'],
  [0n, '1970-01-01T00:00:00.000000000Z'],
  [-1n, '1969-12-31T23:59:59.999999999Z'],
  [10n ** 30n + 7n, '9999-12-31T23:59:59.000000007Z'],
  [-(10n ** 30n), '0000-01-01T00:00:00.000000000Z'],
])('isoTime() writes %s ns as %s', (timestampNs, text) => {
  expect(isoTime(timestampNs)).toBe(text);
});
