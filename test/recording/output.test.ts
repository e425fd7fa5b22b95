import * as v from 'valibot';
import { expect, test } from 'vitest';
import { outputOf, rowsOf } from '../../src/recording/output.ts';
import { namespaceWith, valueIn } from './recorded.ts';

const Row = v.looseObject({ dev: v.string() });

test('rowsOf() reads control characters that iproute2 puts into JSON as they are', () => {
  expect(valueIn(rowsOf(namespaceWith({ link: '[{"dev":"a\u001b\u0001b"}]' }), 'link', Row))).toEqual([
    { dev: 'a\u001b\u0001b' },
  ]);
});

test('rowsOf() says which row and key it could not read', () => {
  expect(rowsOf(namespaceWith({ link: '[{"dev":"a"},{"dev":7}]' }), 'link', Row)).toEqual({
    known: false,
    why: '"ip link" printed what nsdiag cannot read: 1.dev: Invalid type: Expected string but received 7',
  });
});

test.each([
  ['the program is missing', { command: ['nft', '-j'], exitCode: null }, 'nft is not installed'],
  ['it failed', { exitCode: 1, stderr: 'first\nsecond' }, '"ip link" ended with exit code 1: first'],
  ['it failed in silence', { exitCode: 1 }, '"ip link" ended with exit code 1'],
])('outputOf() says why when %s', (_, output, why) => {
  expect(outputOf(namespaceWith({ link: output }), 'link')).toEqual({ known: false, why });
});

test('outputOf() takes no inherited property for an output', () => {
  expect(outputOf(namespaceWith({}), 'constructor')).toMatchObject({ known: false });
});
