import { expect, test } from 'vitest';
import { type CaptureOptions, parseRequest } from '../../../src/cli/capture/request.ts';

test('parseRequest() takes namespaces, two places, or all', () => {
  const where = (words: readonly string[], options: CaptureOptions) =>
    parseRequest(words, undefined, options, true).where;
  expect(where(['ns1', 'host:br0'], {})).toEqual({ kind: 'named', words: ['ns1', 'host:br0'] });
  expect(where([], { between: ['a', 'b'] })).toEqual({ kind: 'between', from: 'a', to: 'b' });
  expect(where([], { all: true })).toEqual({ kind: 'all' });
});

test('parseRequest() keeps all headers of a packet, and no more, unless told otherwise', () => {
  expect(parseRequest(['ns1'], undefined, {}, true)).toMatchObject({
    snapLengthBytes: 200,
    filter: '',
    program: undefined,
  });
  expect(parseRequest(['ns1'], ['ping'], { snaplen: '1500', duration: '0.5', count: '3' }, true)).toMatchObject({
    snapLengthBytes: 1500,
    durationMs: 500,
    count: 3,
    program: ['ping'],
  });
});

test.each([
  ['nowhere', [], {}, 'Cannot capture nowhere'],
  ['two kinds of places', ['ns1'], { all: true }, 'exclude one another'],
  ['one end', [], { between: ['a'] }, '--between takes two'],
  ['three ends', [], { between: ['a', 'b', 'c'] }, '--between takes two'],
  ['a split of nothing', ['ns1'], { split: true }, 'Cannot split'],
  ['packets and JSON in one', ['ns1'], { write: '-', json: true }, 'same place'],
  ['packets on a terminal', ['ns1'], { write: '-' }, 'to a terminal'],
  ['a snap length within the headers', ['ns1'], { snaplen: '64' }, '--snaplen'],
  ['a count that is none', ['ns1'], { count: '0' }, '--count'],
  ['a duration that is none', ['ns1'], { duration: '1h' }, '--duration'],
  ['a duration without end', ['ns1'], { duration: '99999999' }, '--duration'],
] as const)('parseRequest() refuses %s', (_, words, options, message) => {
  expect(() => parseRequest(words, undefined, options, true)).toThrow(message);
});

test('parseRequest() writes packets to a pipe', () => {
  expect(parseRequest(['ns1'], undefined, { write: '-' }, false)).toMatchObject({ file: '-' });
});

test('parseRequest() refuses to run nothing', () => {
  expect(() => parseRequest(['ns1'], [], {}, true)).toThrow('Cannot run nothing');
});
