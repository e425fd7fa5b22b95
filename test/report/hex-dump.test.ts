import { expect, test } from 'vitest';
import { hexDump } from '../../src/report/hex-dump.ts';

test('hexDump() shows sixteen bytes a row, and what of them can be printed', () => {
  const bytes = Uint8Array.from({ length: 18 }, (_, at) => (at < 16 ? 0x41 + at : at));

  expect(hexDump(bytes)).toBe(
    '0000  41 42 43 44 45 46 47 48  49 4a 4b 4c 4d 4e 4f 50  ABCDEFGHIJKLMNOP\n' +
      '0010  10 11                                             ..',
  );
  expect(hexDump(new Uint8Array(0))).toBe('');
});
