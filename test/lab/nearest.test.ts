import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nearest } from '../../src/lab/nearest.ts';

test.each([
  ['a letter too many', 'brigdge', ['bridge', 'bridge-nat'], 'bridge'],
  ['two letters swapped, as one slip', 'prots', ['pots-and-pans', 'ports'], 'ports'],
  ['a letter missing', 'adresses', ['addresses', 'name'], 'addresses'],
  ['the word itself', 'ns1', ['ns2', 'ns1'], 'ns1'],
  ['a short word, one letter off', 'n1', ['ns1', 'host'], 'ns1'],
])('nearest() finds %s', (_, word, known, meant) => {
  expect(nearest(word, known)).toBe(meant);
});

test.each([
  ['nothing is near', 'web', ['bridge', 'two-subnets']],
  ['a short word is another word', 'ns1', ['h2', 'r3']],
  ['nothing is known', 'ns1', []],
  ['a name of one letter has nothing of it', '0', ['d']],
  ['no word was given', '', ['d']],
])('nearest() finds nothing when %s', (_, word, known) => {
  expect(nearest(word, known)).toBeUndefined();
});

test('nearest() answers with a known word, and with the word itself when it is one', () => {
  fc.assert(
    fc.property(fc.string(), fc.array(fc.string()), (word, known) => {
      const found = nearest(word, known);
      expect([undefined, ...known]).toContain(found);
      expect(nearest(word, [...known, word])).toBe(word);
    }),
  );
});
