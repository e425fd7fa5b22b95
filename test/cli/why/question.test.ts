import { expect, test } from 'vitest';
import type { HostsFile } from '../../../src/cli/why/hosts-file.ts';
import { questionOf } from '../../../src/cli/why/question.ts';
import type { NameAnswer } from '../../../src/cli/why/resolve-name.ts';
import { parseWords } from '../../../src/cli/why/words.ts';
import { findNetns, type Host } from '../../../src/host/host.ts';
import { forget, hostOf, tweakNetns } from '../../helpers/build-host.ts';
import { address } from '../../report/example-diagnoses.ts';

const HOST = hostOf({
  host: { links: { eth0: { kind: 'physical', addresses: ['192.0.2.7/24'] } } },
  ns1: { links: { veth0: { peer: 'ns2:veth1', addresses: ['10.0.1.1/24', 'fd00::1/64'] } } },
  ns2: {
    links: { veth1: { addresses: ['172.16.0.1/24', '10.0.1.2/24', 'fd00::2/64'] } },
  },
  empty: {},
});
const HOSTS: HostsFile = new Map([['web', [address('fd00::2'), address('10.0.1.2')]]]);

/** Process 812 is in ns2. */
const inodeOf = (host: Host) => (word: string) => (word === 'pid:812' ? findNetns(host, 'ns2')?.inode : undefined);

/** Knows one name; of any other it says that it asked 10.0.1.53 in vain. */
async function resolve(_: unknown, name: string): Promise<NameAnswer> {
  if (name === 'db.example') {
    return { kind: 'addresses', addresses: [address('10.0.9.1'), address('fd00:9::1')], command: ['getent'] };
  }
  if (name === 'unasked.example') return { kind: 'not-asked', why: 'getent is not installed' };
  const resolver = { file: '/etc/resolv.conf', isOwn: false, isDefault: false, servers: [address('10.0.1.53')] };
  return { kind: 'nothing', command: ['getent', name], said: 'no address was found', resolver, replies: [] };
}

function askAll(netns: string, destination: string, options: { from?: string; port?: string } = {}, host = HOST) {
  const around = { inodeOf: inodeOf(host), hostsFile: () => HOSTS, resolve };
  return questionOf(host, parseWords(netns, destination, options), around);
}

async function ask(...words: Parameters<typeof askAll>) {
  const asked = await askAll(...words);
  return asked.kind === 'question' ? asked.question : asked;
}

test.each([
  ['an address', '10.0.2.1', '10.0.2.1'],
  ['an IPv6 address in any form', 'FD00:0:0::9', 'fd00::9'],
  ['a namespace, by the net that it shares with the asker', 'ns2', '10.0.1.2'],
  ['a namespace that shares none, by its first address', 'host', '192.0.2.7'],
  ['the asker itself', 'ns1', '10.0.1.1'],
  ['a name of the hosts file', 'web', 'fd00::2'],
  ['a name of the hosts file in capitals', 'WEB', 'fd00::2'],
  ['a name that the resolver knows', 'db.example', '10.0.9.1'],
])('questionOf() reads %s as destination', async (_, word, destination) => {
  expect(await ask('ns1', word)).toMatchObject({ netns: 'ns1', destination });
});

test.each([
  ['10.0.1.2', undefined, []],
  ['ns2', 'ns2', ['ns2 is asked at 10.0.1.2, on a wire with ns1; it also has 172.16.0.1, fd00::2']],
  ['host', 'host', []],
  ['web', 'web', ['web is fd00::2, by the hosts file of ns1; it also has 10.0.1.2']],
  ['db.example', 'db.example', ['db.example is 10.0.9.1, by the resolver of ns1; it also has fd00:9::1']],
])('questionOf() says which address %s is, where there is more to say than its address', async (word, name, notes) => {
  expect(await askAll('ns1', word)).toMatchObject({ question: { name }, notes });
});

test('questionOf() takes the address on a common wire before the one in a common net elsewhere', async () => {
  const host = hostOf({
    a: { links: { a0: { peer: 'b:b0', addresses: ['10.0.0.1/24'] } } },
    b: { links: { b0: { addresses: ['10.0.9.2/24'] }, b1: { kind: 'dummy', addresses: ['10.0.0.9/24'] } } },
  });
  expect(await ask('a', 'b', {}, host)).toMatchObject({ destination: '10.0.9.2' });
});

test('questionOf() takes an address of a family that both have before one that the asker has none of', async () => {
  const host = hostOf({
    a: { links: { a0: { kind: 'dummy', addresses: ['fd01::1/64'] } } },
    b: { links: { b0: { kind: 'dummy', addresses: ['10.0.9.2/24', 'fd02::2/64'] } } },
  });
  expect(await ask('a', 'b', {}, host)).toMatchObject({ destination: 'fd02::2' });
});

test('questionOf() answers with the lookup where the resolver has no address', async () => {
  expect(await askAll('ns1', 'gone.example', { port: '80' })).toMatchObject({
    kind: 'unresolved',
    lookup: {
      name: 'gone.example',
      wanted: { netns: 'ns1', proto: 'tcp', port: 80 },
      said: 'no address was found',
      resolver: { servers: ['10.0.1.53'] },
    },
  });
});

test.each([
  ['ns2', '10.0.1.1', '10.0.1.2'],
  ['ns2', 'fd00::1', 'fd00::2'],
  ['web', '10.0.1.1', '10.0.1.2'],
])('questionOf() takes of %s an address of the family of --from %s', async (word, from, destination) => {
  expect(await ask('ns1', word, { from })).toMatchObject({ destination, from });
});

test('questionOf() finds a namespace by another of its names', async () => {
  const host = tweakNetns(HOST, 'ns1', () => ({ aliases: ['blue'] }));
  expect(await ask('blue', 'ns2', {}, host)).toMatchObject({ netns: 'ns1' });
});

test.each([
  ['a namespace that is not there, with the near ones', 'ns3', '10.0.2.1', /Cannot look into "ns3"/, /Near: ns1, ns2/],
  ['one that nothing is near to, with those that there are', 'blue', '10.0.2.1', /"blue"/, /host, ns1, ns2, empty/],
  ['a net', 'ns1', '10.0.2.1/24', /it is a net/, /Ask for 10\.0\.2\.1/],
  ['an address with a zone', 'ns1', 'fe80::1%veth0', /zone/, /Ask for fe80::1/],
  ['a short address', 'ns1', '10.0.2', /no whole address/, /such as/],
  ['too large a part', 'ns1', '10.0.2.256', /no whole address/, /such as/],
  ['a broken IPv6 address', 'ns1', 'fd00:::1', /no whole address/, /such as/],
  ['a name that nobody knows', 'ns1', 'ns2x', /no address, no namespace, and no name/, /Namespaces near to it: ns2$/],
  ['a name when nobody can be asked', 'ns1', 'unasked.example', /getent is not installed/, /such as/],
  ['what no name server could be asked for', 'ns1', '--x y\u0000', /nothing that a name server/, /such as/],
  ['a namespace without an address', 'ns1', 'empty', /it has no address/, /Give the address/],
])('questionOf() refuses %s', async (_, netns, destination, message, hint) => {
  await expect(ask(netns, destination)).rejects.toThrow(
    expect.objectContaining({ message: expect.stringMatching(message), hint: expect.stringMatching(hint) }),
  );
});

test('questionOf() finds a namespace by a process in it, to ask and to be asked for', async () => {
  expect(await ask('pid:812', '10.0.1.1')).toMatchObject({ netns: 'ns2' });
  expect(await ask('ns1', 'pid:812')).toMatchObject({ destination: '10.0.1.2' });
});

test('questionOf() refuses to ask for a namespace that could not be read', async () => {
  const host = forget(HOST, 'ns1', 'links', 'it takes root to enter it');
  await expect(ask('ns1', '10.0.2.1', {}, host)).rejects.toThrow(
    expect.objectContaining({ code: 'no-permission', message: expect.stringContaining('it takes root to enter it') }),
  );
});

test('questionOf() refuses a source of the other family', async () => {
  await expect(ask('ns1', '10.0.2.1', { from: 'fd00::1' })).rejects.toThrow(/one is IPv4, the other IPv6/);
});

test('questionOf() says why the address of a namespace is not known', async () => {
  await expect(ask('ns1', 'ns2', {}, forget(HOST, 'ns2', 'links', 'no permission'))).rejects.toThrow(
    /"ns2": no permission/,
  );
});
