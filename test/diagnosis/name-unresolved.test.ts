import { expect, test } from 'vitest';
import { conclude } from '../../src/diagnosis/conclude.ts';
import type { FailedLookup } from '../../src/diagnosis/name-lookup.ts';
import { nameUnresolved, predictQuery } from '../../src/diagnosis/name-unresolved.ts';
import type { Host } from '../../src/host/host.ts';
import { hostOf, netnsName } from '../helpers/build-host.ts';
import { addr } from '../helpers/iproute-text.ts';

/** `dns` answers at 10.0.0.53; nobody has any other address. */
function network(dns: 'up' | 'down'): Host {
  return hostOf({
    ns1: {
      links: { a: { peer: 'dns:b', addresses: ['10.0.0.1/24'] } },
      sockets: [],
    },
    dns: { links: { b: { addresses: ['10.0.0.53/24'], up: dns === 'up' } }, sockets: ['udp 10.0.0.53:53'] },
  });
}

function lookup(...servers: readonly string[]): FailedLookup {
  const wanted = {
    netns: netnsName('ns1'),
    proto: 'icmp',
    port: undefined,
    from: undefined,
    payloadBytes: 56,
  } as const;
  const resolver = {
    file: '/etc/resolv.conf',
    isOwn: false,
    isDefault: servers.length === 0,
    servers: servers.length === 0 ? [addr('127.0.0.1')] : servers.map(addr),
  };
  return {
    name: 'web.example',
    wanted,
    command: ['getent', 'web.example'],
    said: 'no address was found',
    resolver,
    replies: [],
  };
}

function answer(host: Host, asked: FailedLookup) {
  const witnesses = { observation: undefined, routes: [], notes: [] };
  const diagnosis = nameUnresolved(asked, conclude(host, predictQuery(host, asked), witnesses));
  const { verdict, summary, proof } = diagnosis;
  return { diagnosis, verdict, summary, proof, codes: diagnosis.causes.map(({ finding }) => finding.code) };
}

test('nameUnresolved() puts what is wrong on the way to the name server behind the name, and proves its fix', () => {
  expect(answer(network('down'), lookup('10.0.0.53'))).toMatchObject({
    verdict: 'unreachable',
    summary:
      'ns1 cannot reach web.example (icmp): the name web.example does not resolve in ns1: its name server 10.0.0.53 does not answer (1 fault on the way to it)',
    codes: ['name-unresolved', 'link-down'],
    proof: { deliveredAfter: 2 },
  });
});

test('nameUnresolved() blames the name alone where the way to its server is free', () => {
  expect(answer(network('up'), lookup('10.0.0.53'))).toMatchObject({
    verdict: 'unreachable',
    summary: expect.stringMatching(/the way to its name server 10\.0\.0\.53 is free, and no address came$/),
    codes: ['name-unresolved'],
    proof: undefined,
  });
});

test('nameUnresolved() starts no server on the own loopback, but says whose file names it', () => {
  const { diagnosis, codes, proof } = answer(network('up'), lookup('127.0.0.53'));
  expect({ codes, proof }).toEqual({ codes: ['name-unresolved'], proof: undefined });
  expect(diagnosis.causes[0]?.finding.why).toMatch(/whole machine's.*\/etc\/netns\/ns1\/resolv\.conf/);
});

test('nameUnresolved() does not claim that a file names the server which is asked by default', () => {
  const { diagnosis } = answer(network('up'), lookup());
  const texts = diagnosis.causes[0]?.finding.evidence.map(({ text }) => text);
  expect(texts).toEqual(['no address was found', 'no name server is named there, and so 127.0.0.1 is asked']);
});

test.each([
  ['the one that is reached', network('up'), ['10.0.0.9', '10.0.0.53'], '10.0.0.53'],
  ['the one that can be repaired', network('down'), ['192.0.2.1', '10.0.0.53'], '10.0.0.53'],
  ['the first of equals', network('up'), ['192.0.2.1', '198.51.100.1'], '192.0.2.1'],
])('predictQuery() asks of several servers %s', (_, host, servers, chosen) => {
  expect(predictQuery(host, lookup(...servers)).question).toMatchObject({
    destination: chosen,
    proto: 'udp',
    port: 53,
  });
});
