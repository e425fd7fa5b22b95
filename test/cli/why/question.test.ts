import { expect, test } from 'vitest';
import { type HostsFile, questionOf } from '../../../src/cli/why/question.ts';
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

function ask(netns: string, destination: string, options: { from?: string } = {}, host = HOST) {
  return questionOf(host, parseWords(netns, destination, options), { inodeOf: inodeOf(host), hostsFile: () => HOSTS });
}

test.each([
  ['an address', '10.0.2.1', '10.0.2.1'],
  ['an IPv6 address in any form', 'FD00:0:0::9', 'fd00::9'],
  ['a namespace, by the net that it shares with the asker', 'ns2', '10.0.1.2'],
  ['a namespace that shares none, by its first address', 'host', '192.0.2.7'],
  ['the asker itself', 'ns1', '10.0.1.1'],
  ['a name of the hosts file', 'web', 'fd00::2'],
  ['a name of the hosts file in capitals', 'WEB', 'fd00::2'],
])('questionOf() reads %s as destination', (_, word, destination) => {
  expect(ask('ns1', word)).toMatchObject({ netns: 'ns1', destination });
});

test.each([
  ['ns2', '10.0.1.1', '10.0.1.2'],
  ['ns2', 'fd00::1', 'fd00::2'],
  ['web', '10.0.1.1', '10.0.1.2'],
])('questionOf() takes of %s an address of the family of --from %s', (word, from, destination) => {
  expect(ask('ns1', word, { from })).toMatchObject({ destination, from });
});

test('questionOf() finds a namespace by another of its names', () => {
  const host = tweakNetns(HOST, 'ns1', () => ({ aliases: ['blue'] }));
  expect(ask('blue', 'ns2', {}, host)).toMatchObject({ netns: 'ns1' });
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
  ['a namespace without an address', 'ns1', 'empty', /it has no address/, /Give the address/],
])('questionOf() refuses %s', (_, netns, destination, message, hint) => {
  expect(() => ask(netns, destination)).toThrow(
    expect.objectContaining({ message: expect.stringMatching(message), hint: expect.stringMatching(hint) }),
  );
});

test('questionOf() finds a namespace by a process in it, to ask and to be asked for', () => {
  expect(ask('pid:812', '10.0.1.1')).toMatchObject({ netns: 'ns2' });
  expect(ask('ns1', 'pid:812')).toMatchObject({ destination: '10.0.1.2' });
});

test('questionOf() refuses to ask for a namespace that could not be read', () => {
  const host = forget(HOST, 'ns1', 'links', 'it takes root to enter it');
  expect(() => ask('ns1', '10.0.2.1', {}, host)).toThrow(
    expect.objectContaining({ code: 'no-permission', message: expect.stringContaining('it takes root to enter it') }),
  );
});

test('questionOf() refuses a source of the other family', () => {
  expect(() => ask('ns1', '10.0.2.1', { from: 'fd00::1' })).toThrow(/one is IPv4, the other IPv6/);
});

test('questionOf() says why the address of a namespace is not known', () => {
  expect(() => ask('ns1', 'ns2', {}, forget(HOST, 'ns2', 'links', 'no permission'))).toThrow(/"ns2": no permission/);
});
