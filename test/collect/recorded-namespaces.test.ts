import { expect, test } from 'vitest';
import type { FoundNamespace } from '../../src/collect/discover.ts';
import type { ReadNamespace } from '../../src/collect/frames.ts';
import { inodeOfProcess } from '../../src/collect/netns-inode.ts';
import type { Readings } from '../../src/collect/read-namespaces.ts';
import { recordedNamespaces } from '../../src/collect/recorded-namespaces.ts';

const NS1: FoundNamespace = {
  name: 'ns1',
  aliases: ['one'],
  inode: 4026532001,
  entry: { kind: 'named', name: 'ns1' },
  file: '/nowhere/ns1',
};
const NS2: FoundNamespace = { ...NS1, name: 'ns2', aliases: [], inode: 4026532002, entry: { kind: 'pid', pid: 7 } };

function printed(stdout: string) {
  return { command: ['ip'], exitCode: 0, stdout, stderr: '' };
}

function reading(more: Partial<ReadNamespace> = {}): ReadNamespace {
  const outputs = { inode: printed('net:[4026532001]\n'), link: printed('[]') };
  return { outputs, isComplete: true, complaint: undefined, ...more };
}

function readings(of: readonly (readonly [FoundNamespace, ReadNamespace])[], obstacle?: string): Readings {
  const byLink = new Map([
    ['ns1', NS1],
    [':0', NS2],
  ]);
  return { of: new Map(of), byLink, obstacle };
}

test('recordedNamespaces() keeps what was read, under every name of the namespace', () => {
  expect(recordedNamespaces([NS1], readings([[NS1, reading()]]))).toEqual({
    namespaces: [
      {
        name: 'ns1',
        aliases: ['one'],
        inode: 4026532001,
        entry: { kind: 'named', name: 'ns1' },
        obstacle: null,
        nsids: {},
        outputs: { link: printed('[]') },
      },
    ],
    notes: [],
  });
});

test('recordedNamespaces() says which namespace each nsid means, and leaves out those that nobody found', () => {
  const nsid = printed('[{"nsid":0,"name":":0"},{"nsid":3,"name":"ns1"},{"nsid":4},{"nsid":5,"name":"other"}]');
  const outputs = { ...reading().outputs, nsid };
  const { namespaces } = recordedNamespaces([NS1], readings([[NS1, reading({ outputs })]]));

  expect(namespaces[0]?.nsids).toEqual({ 0: NS2.inode, 3: NS1.inode });
});

test.each([
  ['printed no JSON', printed('nsid 0 (iproute2 netns name: ns1)')],
  ['failed', { ...printed(''), exitCode: 1 }],
])('recordedNamespaces() knows no nsid where `ip netns list-id` %s', (_, nsid) => {
  const outputs = { ...reading().outputs, nsid };

  expect(recordedNamespaces([NS1], readings([[NS1, reading({ outputs })]])).namespaces[0]?.nsids).toEqual({});
});

test.each([
  ['its file was gone', reading({ outputs: {}, complaint: 'nsenter: cannot open /run/netns/ns1: No such file' })],
  ['its file stood for nothing any more', reading({ outputs: {}, complaint: 'nsenter: failed: Invalid argument' })],
  ['its name had passed on', reading({ outputs: { inode: printed('net:[4026539999]\n') } })],
  ['nobody knows what was entered', reading({ outputs: { link: printed('[]') } })],
])('recordedNamespaces() notes that a namespace vanished when %s', (_, read) => {
  expect(recordedNamespaces([NS1], readings([[NS1, read]]))).toEqual({
    namespaces: [],
    notes: ['ns1 vanished while it was being read'],
  });
});

test('recordedNamespaces() keeps a namespace that was not tried, with the reason', () => {
  const { namespaces, notes } = recordedNamespaces([NS2], readings([], 'it takes root to enter it'));

  expect(namespaces).toMatchObject([{ name: 'ns2', obstacle: 'it takes root to enter it', outputs: {} }]);
  expect(notes).toEqual([]);
});

test('recordedNamespaces() keeps a namespace that is there and could not be entered, in the words of nsenter', () => {
  const self: FoundNamespace = { ...NS1, ...thisNamespace() };
  const read = reading({ outputs: {}, complaint: 'nsenter: reassociate to namespace: Operation not permitted' });
  const { namespaces } = recordedNamespaces([self], readings([[self, read]]));

  expect(namespaces).toMatchObject([{ obstacle: 'nsenter: reassociate to namespace: Operation not permitted' }]);
});

test('recordedNamespaces() notes that reading a namespace ended early', () => {
  expect(recordedNamespaces([NS1], readings([[NS1, reading({ isComplete: false })]])).notes).toEqual([
    'ns1: reading it ended early',
  ]);
});

function thisNamespace(): Pick<FoundNamespace, 'file' | 'inode'> {
  const inode = inodeOfProcess('self');
  if (inode === undefined) throw new Error('this process is in no namespace');
  return { file: '/proc/self/ns/net', inode };
}
