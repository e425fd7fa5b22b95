import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { inodeOfFile, inodeOfLink, inodeOfProcess, inodeOfWord } from '../../src/collect/netns-inode.ts';

test('inodeOfLink() reads what /proc/PID/ns/net links to, and nothing else', () => {
  expect(inodeOfLink('net:[4026531840]')).toBe(4026531840);
  for (const link of ['mnt:[4026531840]', 'net:[]', '/run/netns/ns1', '']) expect(inodeOfLink(link)).toBeUndefined();
});

test('inodeOfWord() means by a process and by a file the namespace that they stand for', () => {
  const own = inodeOfProcess('self');

  expect(own).toBeGreaterThan(0);
  expect(inodeOfWord(`pid:${process.pid}`)).toBe(own);
  expect(inodeOfWord(`/proc/${process.pid}/ns/net`)).toBe(own);
  expect(inodeOfFile('/proc/self/ns/net')).toBe(own);
});

test.each(['ns1', 'pid:', 'pid:0', 'pid:99999999', 'pid:1x', '/nowhere', '/', '', fileURLToPath(import.meta.url)])(
  'inodeOfWord() means no namespace by %j',
  (word) => {
    expect(inodeOfWord(word)).toBeUndefined();
  },
);
