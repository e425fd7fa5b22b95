import { expect, test } from 'vitest';
import { ambiguityNotes } from '../../src/diagnosis/ambiguity.ts';
import { predict } from '../../src/diagnosis/predict.ts';
import type { Host } from '../../src/host/host.ts';
import { ask } from '../helpers/ask.ts';
import { hostOf, type NetnsSpec } from '../helpers/build-host.ts';

/** ns1 - ns2 10.0.0.2, and a third one in a network of its own. */
function withThird(third: NetnsSpec, ns1: readonly string[] = ['10.0.0.1/24']): Host {
  return hostOf({
    ns1: { links: { a: { peer: 'ns2:b', addresses: ns1 } } },
    ns2: { links: { b: { addresses: ['10.0.0.2/24', 'fe80::2/64'] } } },
    ns3: third,
  });
}

function notesOn(host: Host, destination = '10.0.0.2'): readonly string[] {
  return ambiguityNotes(host, predict(host, ask('ns1', destination)), undefined);
}

const BRIDGE = { kind: 'bridge', addresses: ['10.0.0.2/24'] };

test('ambiguityNotes() says who has the address, and which of them this packet ends in', () => {
  expect(notesOn(withThird({ links: { br0: BRIDGE } }))).toEqual([
    '10.0.0.2 is an address of ns2, ns3; this packet ends in ns2',
  ]);
});

test('ambiguityNotes() tells who asks for his own address', () => {
  expect(notesOn(withThird({}, ['10.0.0.2/24']))).toEqual([
    '10.0.0.2 is an address of ns1, ns2; this packet ends in ns1',
  ]);
});

test.each([
  ['one owner', withThird({ links: { br0: { ...BRIDGE, addresses: ['10.0.0.3/24'] } } }), '10.0.0.2'],
  ['a second owner that is down', withThird({ links: { br0: { ...BRIDGE, up: false } } }), '10.0.0.2'],
  ['127.0.0.1, which everybody has', withThird({}), '127.0.0.1'],
])('ambiguityNotes() has nothing to say of %s', (_, host, destination) => {
  expect(notesOn(host, destination)).toEqual([]);
});
