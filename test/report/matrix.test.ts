import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { makeMatrix } from '../../src/diagnosis/matrix/make-matrix.ts';
import type { Matrix } from '../../src/diagnosis/matrix/matrix.ts';
import { membersOf } from '../../src/diagnosis/matrix/members.ts';
import type { Host } from '../../src/host/host.ts';
import { matrixDocument, matrixErrorDocument } from '../../src/report/matrix-json.ts';
import { matrixText } from '../../src/report/text/matrix.ts';
import { styleOf } from '../../src/report/text/style.ts';
import { displayWidth } from '../../src/report/width.ts';
import { campus } from '../diagnosis/matrix/campus.ts';
import { hostOf, type NetnsSpec } from '../helpers/build-host.ts';

const SCHEMA = JSON.parse(
  readFileSync(new URL('../../src/report/schemas/matrix-1.schema.json', import.meta.url), 'utf8'),
);
const validate = new Ajv2020({ allErrors: true, strictTypes: false }).compile(SCHEMA);

const ASKING = { proto: 'icmp', port: undefined, payloadBytes: 56 } as const;
const matrixOf = (host: Host): Matrix => makeMatrix(host, membersOf(host), ASKING, () => undefined);
const textOf = (matrix: Matrix, columns = 80) => matrixText(matrix, styleOf(false, columns), columns);
const broken = () => matrixOf(campus({ a1: { routes: [] }, router: { sysctls: { 'net/ipv4/ip_forward': 0 } } }));

/** So many namespaces on one bridge, the first of which asks and answers nobody: it is in another net. */
function crowd(count: number, name = (index: number) => `n${index}`): Host {
  const indexes = Array.from({ length: count }, (_, index) => index);
  const spec: Record<string, NetnsSpec> = {
    sw: {
      links: {
        br0: { kind: 'bridge' },
        ...Object.fromEntries(indexes.map((index) => [`p${index}`, { peer: `${name(index)}:eth0`, master: 'br0' }])),
      },
    },
  };
  for (const index of indexes) {
    const address = index === 0 ? '172.16.0.1/24' : `10.0.0.${index}/24`;
    spec[name(index)] = { links: { eth0: { addresses: [address] } } };
  }
  return hostOf(spec);
}

test('matrixText() tells the pairs, the table and each cause once', () => {
  expect(textOf(broken())).toBe(readFileSync(new URL('golden/matrix/broken.txt', import.meta.url), 'utf8'));
});

test('matrixText() of a healthy network says how much was asked', () => {
  expect(textOf(matrixOf(campus()))).toMatch(
    /^✓ All 20 pairs of 5 namespaces reach each other \(icmp, by the model\)\n/,
  );
});

test('matrixText() of one broken pair speaks of it in the singular', () => {
  const matrix = broken();
  const of = (verdict: string) => matrix.cells.filter((cell) => cell.verdict === verdict).slice(0, 1);
  expect(textOf({ ...matrix, cells: [...of('unreachable'), ...of('reachable')] })).toMatch(
    /^✗ 1 of 2 pairs does not reach the other, /,
  );
});

test.each([3, 8, 12, 40])('matrixText() of %i namespaces keeps within 80 columns', (count) => {
  const lines = textOf(matrixOf(crowd(count))).split('\n');

  expect(lines.length).toBeGreaterThan(count > 16 ? 10 : count);
  // Commands to paste are never broken.
  expect(
    lines.filter((line) => displayWidth(line) > 80 && !line.startsWith('    ') && !line.startsWith('  ask')),
  ).toEqual([]);
});

test('matrixText() folds many namespaces into numbers and blocks, every column once', () => {
  const text = textOf(matrixOf(crowd(40)));

  const heads = text.split('\n').filter((line) => line.startsWith('from \\ to'));
  expect(heads.length).toBeGreaterThan(1);
  const numbers = heads.flatMap((line) => line.replace('from \\ to', '').trim().split(/ +/));
  expect(numbers.map(Number)).toEqual(Array.from({ length: 40 }, (_, index) => index + 1));
});

test('matrixText() lets no name reach the terminal as it is', () => {
  const text = textOf(matrixOf(crowd(3, (index) => `n\u001b[31m${index}\u202e`)));

  expect(text).toContain('n\\x1b[31m0');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
  expect(text).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/);
});

test.each([
  ['a healthy network', matrixOf(campus())],
  ['a broken one', broken()],
])('matrixDocument() of %s keeps the schema', (_, matrix) => {
  validate(JSON.parse(JSON.stringify(matrixDocument(matrix))));
  expect(validate.errors).toBe(null);
});

test('matrixDocument() names causes that are there, and counts what they break', () => {
  const { cells, causes } = matrixDocument(broken());

  expect(cells.flatMap((cell) => cell.causes).every((index) => causes[index] !== undefined)).toBe(true);
  for (const [index, { breaks }] of causes.entries()) {
    expect(cells.filter((cell) => cell.causes[0] === index)).toHaveLength(breaks);
  }
});

test('matrixErrorDocument() keeps the schema', () => {
  expect(validate(matrixErrorDocument('Cannot look', 'Run nsdiag as root'))).toBe(true);
});
