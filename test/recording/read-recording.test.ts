import { expect, test } from 'vitest';
import { readRecording, writeRecording } from '../../src/recording/read-recording.ts';
import { fixture, fixtureText } from './recorded.ts';

const TEXT = writeRecording(fixture('three-firewalls'));

function why(text: string): string {
  const read = readRecording(text);
  return read.kind === 'unreadable' ? read.why : 'it was read';
}

test('readRecording() reads what writeRecording() wrote', () => {
  for (const name of ['odd-router', 'odd-names', 'three-firewalls'] as const) {
    const text = fixtureText(name);

    expect(writeRecording(fixture(name))).toBe(text);
  }
});

test('readRecording() says of a snapshot that is cut, wherever, that it is cut and after how many bytes', () => {
  const step = Math.max(1, Math.floor(TEXT.length / 400));
  for (let end = 1; end < TEXT.length - 2; end += step) {
    const cut = TEXT.slice(0, end);

    expect(why(cut)).toBe(`it is cut off after ${Buffer.byteLength(cut)} bytes`);
  }
});

test.each([
  ['nothing', '', 'it is empty'],
  ['white space', '\n \n', 'it is empty'],
  ['prose', 'hello', 'it is not a snapshot of nsdiag'],
  ['a capture', '\u00d4\u00c3\u00b2\u00a1\u0002\u0000', 'it is not a snapshot of nsdiag'],
  ['other JSON', '{"name":"nsdiag"}', 'it is JSON, but not a snapshot of nsdiag'],
  ['a number', '42', 'it is JSON, but not a snapshot of nsdiag'],
  ['null', 'null', 'it is JSON, but not a snapshot of nsdiag'],
  ['the other JSON of nsdiag', '{"schema":"nsdiag.why/1"}', 'it is JSON, but not a snapshot of nsdiag'],
  [
    'a later format',
    '{"schema":"nsdiag.snapshot/2"}',
    'it is in the format "nsdiag.snapshot/2", and this nsdiag reads nsdiag.snapshot/1',
  ],
])('readRecording() says of %s what it is', (_, text, expected) => {
  expect(why(text)).toBe(expected);
});

test('readRecording() names the place where a snapshot was damaged', () => {
  const damaged = TEXT.replace(',', ',,');

  expect(why(damaged)).toMatch(/^it is damaged at character 3\d: that is no JSON any more$/);
});

test.each([
  ['takenAt', (recording: Mutable) => Object.assign(recording, { takenAt: 'yesterday' }), 'takenAt is not'],
  [
    'a namespace',
    ({ namespaces: [, second] }: Mutable) => Object.assign(second ?? {}, { inode: -1 }),
    'namespaces.1.inode is not',
  ],
  [
    'an output',
    ({ namespaces: [first] }: Mutable) => Object.assign(first?.outputs ?? {}, { nft: 'x' }),
    'namespaces.0.outputs.nft is not',
  ],
])('readRecording() names the key of %s that is not what it should be', (_, change, expected) => {
  const recording = JSON.parse(TEXT) as Mutable;
  change(recording);

  expect(why(JSON.stringify(recording))).toContain(expected);
});

interface Mutable {
  readonly namespaces: { outputs: object }[];
}
