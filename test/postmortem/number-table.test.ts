import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NumberTable } from '../../src/postmortem/number-table.ts';

const word = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }));

test('NumberTable counts as a Map does, whatever the keys and the seed', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(word, word), { maxLength: 300 }), fc.integer(), (keys, seed) => {
      const table = new NumberTable(2, 1, 1000, seed);
      const map = new Map<string, number>();
      for (const key of keys) {
        table.key.set(key);
        const at = table.claim();
        table.words[at] = (table.words[at] ?? 0) + 1;
        map.set(key.join(), (map.get(key.join()) ?? 0) + 1);
      }

      const entries = Array.from({ length: table.size }, (_, index) => {
        const [one, other, count] = table.words.subarray(table.entryAt(index), table.entryAt(index) + 3);
        return [`${one},${other}`, count];
      });
      expect(entries).toEqual([...map]);
    }),
    { numRuns: 50 },
  );
});

test('NumberTable refuses more entries than its limit, counts that, and still finds the others', () => {
  const table = new NumberTable(1, 1, 2, 1);
  const claims = [1, 2, 3, 1].map((key) => {
    table.key[0] = key;
    return table.claim() !== -1;
  });

  expect(claims).toEqual([true, true, false, true]);
  expect({ size: table.size, refused: table.refused }).toEqual({ size: 2, refused: 1 });
});
