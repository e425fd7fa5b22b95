import { expect, test } from 'vitest';
import { macvlanIsolated } from '../../../src/faults/rules/macvlan-isolated.ts';
import type { Host } from '../../../src/host/host.ts';
import { hostOf, type LinkSpec } from '../../helpers/build-host.ts';
import { after, codesOf, commandsFor, endOf, findBy } from '../diagnose.ts';

/** h 10.0.0.1 with the macvlans of c1 10.0.0.11 and c2 10.0.0.12, on a switch whose port is as the test says. */
function uplink(
  modes: readonly [string, string] = ['bridge', 'bridge'],
  port: LinkSpec['port'] = {},
  more: Readonly<Record<string, LinkSpec>> = {},
): Host {
  const macvlan = (mode: string, address: string): LinkSpec => ({
    kind: 'macvlan',
    addresses: [address],
    detail: { lower: 'h:eth0', mode },
  });
  return hostOf({
    h: { links: { eth0: { peer: 'sw:p0', addresses: ['10.0.0.1/24', 'fd00::1/64'] }, ...more } },
    sw: { links: { br0: { kind: 'bridge' }, p0: { master: 'br0', port } } },
    c1: { links: { mv0: macvlan(modes[0], '10.0.0.11/24') } },
    c2: { links: { mv0: macvlan(modes[1], '10.0.0.12/24') } },
  });
}

test.each([
  ['the parent asks', 'h 10.0.0.11'],
  ['the child asks', 'c1 10.0.0.1'],
])('macvlan-isolated gives the parent a macvlan of its own when %s', (_, question) => {
  const host = uplink();
  const findings = findBy(macvlanIsolated, host, question);
  expect(findings).toMatchObject([
    {
      netns: 'h',
      device: 'eth0',
      what: 'mv0 in c1 is a macvlan on eth0 in h, and the two cannot talk to each other',
      evidence: [{ text: 'mv0: macvlan mode bridge on eth0 in h' }],
    },
  ]);
  expect(commandsFor(host, findings[0])).toEqual([
    'ip -n h link add link eth0 name macvlan0 type macvlan mode bridge',
    'ip -n h link set dev macvlan0 up',
    'ip -n h route add 10.0.0.11 dev macvlan0 src 10.0.0.1',
  ]);
  expect(endOf(after(host, findings[0]?.repairs[0]), question)).toBe('answered');
  expect(codesOf(host, question)).toEqual(['macvlan-isolated']);
});

test.each([
  [['bridge', 'private'], ['c2'], 'c2'],
  [['private', 'bridge'], ['c1'], 'c1'],
  [['vepa', 'vepa'], ['c2', 'c1'], 'c2'],
  [['private', 'vepa'], ['c2', 'c1'], 'c2'],
] as const)('macvlan-isolated puts macvlans of the modes %o into bridge mode', (modes, changed, netns) => {
  const host = uplink([...modes]);
  const findings = findBy(macvlanIsolated, host, 'c1 10.0.0.12');
  expect(findings).toMatchObject([{ netns, device: 'mv0' }]);
  expect(commandsFor(host, findings[0])).toEqual(
    changed.map((each) => `ip -n ${each} link set dev mv0 type macvlan mode bridge`),
  );
  expect(endOf(after(host, findings[0]?.repairs[0]), 'c1 10.0.0.12')).toBe('answered');
});

test('macvlan-isolated has no command for a passthru, whose mode is for life and beside which there is no other', () => {
  const [finding] = findBy(macvlanIsolated, uplink(['passthru', 'bridge']), 'h 10.0.0.11');
  expect(finding).toMatchObject({ code: 'macvlan-isolated', repairs: [] });
});

test.each([
  ['both are in bridge mode', uplink(), 'c1 10.0.0.12'],
  ['the switch sends vepa frames back', uplink(['vepa', 'vepa'], { hairpin: true }), 'c1 10.0.0.12'],
  ['the switch sends the frame back to the parent', uplink(['bridge', 'bridge'], { hairpin: true }), 'c1 10.0.0.1'],
  ['the address is nowhere', uplink(), 'c1 10.0.0.77'],
])('macvlan-isolated is silent when %s', (_, host, question) => {
  expect(findBy(macvlanIsolated, host, question)).toEqual([]);
  expect(codesOf(host, question).includes('macvlan-isolated')).toBe(false);
});
