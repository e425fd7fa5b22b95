/** Where there is a choice, the likelier repair is the fix and the other stands beside it; both are walked. */

import { expect, test } from 'vitest';
import type { Cause } from '../../src/diagnosis/diagnosis.ts';
import { predict } from '../../src/diagnosis/predict.ts';
import type { Host } from '../../src/host/host.ts';
import { behindBridge, chain } from '../faults/worlds.ts';
import { ask } from '../helpers/ask.ts';
import { hostOf } from '../helpers/build-host.ts';

function repaired(host: Host, netns: string, destination: string) {
  const { causes, proof } = predict(host, ask(netns, destination));
  return { codes: causes.map(({ finding }) => finding.code), ways: causes.map(waysOf), proof: proof !== undefined };
}

function waysOf({ fix, alternatives }: Cause): readonly string[] {
  return [fix, ...alternatives.map((other) => other.fix)].map((commands) => {
    return commands.map(({ argv }) => argv.join(' ')).join('; ');
  });
}

/** ns1 behind a router; `far` is on the other side of it. */
function border(far: { address: string; routes?: readonly string[] }): Host {
  const [, net = ''] = /^(.*)\.\d+\/\d+$/.exec(far.address) ?? [];
  return hostOf({
    ns1: { links: { e0: { peer: 'gw:in', addresses: ['10.0.1.2/24'] } }, routes: ['default via 10.0.1.1'] },
    gw: {
      links: { in: { addresses: ['10.0.1.1/24'] }, out: { peer: 'far:e0', addresses: [`${net}.1/24`] } },
      sysctls: { 'net/ipv4/ip_forward': 1 },
    },
    far: {
      links: { e0: { addresses: [far.address] }, world: { kind: 'dummy', addresses: ['198.51.100.1/24'] } },
      routes: far.routes ?? [],
    },
  });
}

const MASQUERADE = /iptables .*-A POSTROUTING -s 10\.0\.1\.0\/24 -o out -j MASQUERADE/;
const ROUTE_BACK = /^ip -n far route add .* via (203\.0\.113|10\.9\.9)\.1 dev e0$/;

test.each([
  ['a public address and no route', { address: '203.0.113.7/24' }],
  [
    'a public address and a way to the rest of the world',
    { address: '203.0.113.7/24', routes: ['default via 198.51.100.2'] },
  ],
])('predict() asks our gateway to translate, where the far end looks like the outside: %s', (_, far) => {
  const { codes, ways, proof } = repaired(border(far), 'ns1', '203.0.113.7');
  expect({ codes, proof }).toEqual({ codes: ['nat-missing'], proof: true });
  expect(ways[0]?.[0]).toMatch(MASQUERADE);
});

test('predict() asks a private far end for the route back, and offers translation beside it', () => {
  const { codes, ways, proof } = repaired(border({ address: '10.9.9.7/24' }), 'ns1', '10.9.9.7');
  expect({ codes, proof }).toEqual({ codes: ['no-route'], proof: true });
  expect(ways[0]?.[0]).toMatch(ROUTE_BACK);
  expect(ways[0]?.at(-1)).toMatch(MASQUERADE);
});

test('predict() asks a public far end for the route back, when it knows other private networks', () => {
  const far = { address: '203.0.113.7/24', routes: ['10.55.0.0/16 via 203.0.113.1'] };
  const { codes, ways } = repaired(border(far), 'ns1', '203.0.113.7');
  expect(codes).toEqual(['no-route']);
  expect(ways[0]?.[0]).toMatch(ROUTE_BACK);
});

test('predict() offers both ways behind a bridge of containers, and the route back costs no more than one command', () => {
  const { codes, ways } = repaired(behindBridge(), 'ns1', '203.0.113.2');
  expect(codes).toEqual(['nat-missing']);
  expect(ways[0]?.map((way) => way.split('; ').length)).toEqual(ways[0]?.map(() => 1));
  expect(ways[0]?.length).toBeGreaterThanOrEqual(2);
});

test('predict() needs no more commands than faults, though one translation could stand for two routes back', () => {
  const host = chain({ r2: { routes: [] }, ns2: { routes: [] } });
  const { codes, ways, proof } = repaired(host, 'ns1', '10.0.2.1');
  expect({ codes, proof }).toEqual({ codes: ['no-route', 'no-route'], proof: true });
  expect(ways.map(([fix]) => fix?.split(' ').slice(0, 5).join(' '))).toEqual([
    'ip -n ns2 route add',
    'ip -n r2 route add',
  ]);
});
