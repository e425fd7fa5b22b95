import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeBytes } from '../../src/collect/decode.ts';

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}

/** The way back: a lone surrogate U+DC80 to U+DCFF is the byte, everything else is UTF-8. */
function encode(text: string): Buffer {
  return Buffer.concat(
    Array.from(text).map((character) => {
      const code = character.codePointAt(0) ?? 0;
      return code >= 0xdc80 && code <= 0xdcff ? Buffer.from([code - 0xdc00]) : Buffer.from(character);
    }),
  );
}

test.each([
  ['ASCII', [0x61, 0x1b, 0x00], 'a\u001b\u0000'],
  ['UTF-8 of every length', [...Buffer.from('aé€😀')], 'aé€😀'],
  ['a byte order mark, which is a character here', [0xef, 0xbb, 0xbf, 0x61], '\ufeffa'],
  ['a byte that begins nothing', [0x61, 0xff, 0x62], 'a\udcffb'],
  ['a character that is cut off', [0xe2, 0x82, 0x61], '\udce2\udc82a'],
  ['a character that is cut off at the end', [0x61, 0xf0, 0x9f, 0x98], 'a\udcf0\udc9f\udc98'],
  ['a character written too long', [0xc0, 0xaf], '\udcc0\udcaf'],
  ['a surrogate written as UTF-8', [0xed, 0xb3, 0xbf], '\udced\udcb3\udcbf'],
  ['UTF-8 beside what is none', [0xff, ...Buffer.from('é')], '\udcffé'],
])('decodeBytes() reads %s', (_, bytes, text) => {
  expect(decodeBytes(latin1(Uint8Array.from(bytes)))).toBe(text);
});

test('decodeBytes() loses no byte, and takes no two for the same', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      expect(encode(decodeBytes(latin1(bytes)))).toEqual(Buffer.from(bytes));
    }),
  );
});
