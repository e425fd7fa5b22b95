/** Which source address a namespace sends from. */

import { expect, test } from 'vitest';
import { walkRoundTrip } from '../../src/walk/round-trip.ts';
import { ask } from '../helpers/ask.ts';
import { hostOf, type NetnsSpec } from '../helpers/build-host.ts';
import { end } from './hosts.ts';

function sourceOf(spec: NetnsSpec, destination: string): string | undefined {
  return walkRoundTrip(hostOf({ x: spec }), ask('x', destination)).request.packet?.source;
}

function links(e0: readonly string[], e1: readonly string[]): NetnsSpec['links'] & object {
  return { e0: { kind: 'physical', addresses: e0 }, e1: { kind: 'physical', addresses: e1 } };
}

test.each<[string, NetnsSpec, string | undefined]>([
  ['the connected route', { links: links(['10.0.0.1/24'], []) }, '10.0.0.1'],
  [
    'the first of the device',
    { links: links(['10.5.0.1/24', '10.0.3.1/24'], []), routes: ['10.0.0.0/24 dev e0'] },
    '10.5.0.1',
  ],
  [
    'the first in the subnet of the gateway',
    { links: links(['10.5.0.1/24', '10.0.3.1/24'], []), routes: ['10.0.0.0/24 via 10.0.3.9'] },
    '10.0.3.1',
  ],
  [
    'what the route says',
    { links: links(['10.5.0.1/24'], ['10.6.0.1/24']), routes: ['10.0.0.0/24 dev e0 src 10.6.0.1'] },
    '10.6.0.1',
  ],
  ['another device', { links: links([], ['10.6.0.1/24']), routes: ['10.0.0.0/24 dev e0'] }, '10.6.0.1'],
  ['no secondary', { links: links(['10.6.0.1/24 secondary'], []), routes: ['10.0.0.0/24 dev e0'] }, '0.0.0.0'],
])('inetSourceFor() takes %s', (_, spec, expected) => {
  expect(sourceOf(spec, '10.0.0.9')).toBe(expected);
});

test('routeOutput() refuses a source that is not ours', () => {
  const host = hostOf({ x: { links: links(['10.0.0.1/24'], []) } });
  expect(end(host, 'x', '10.0.0.9', { from: '10.0.0.2' })).toBe('request source-not-ours at x');
  expect(end(host, 'x', '127.0.0.1', { from: '127.0.0.9' })).toBe('delivered');
});

test('send() says that there is no source, after the packet has shown on both ends of the wire', () => {
  const host = hostOf({
    a: { links: { va: { peer: 'b:vb' } }, routes: ['10.0.0.0/24 dev va'] },
    b: { links: { vb: { addresses: ['10.0.0.2/24'] } } },
  });
  const { request } = walkRoundTrip(host, ask('a', '10.0.0.2'));
  expect(request.fate).toMatchObject({ kind: 'dropped', netns: 'a', device: 'va', reason: { kind: 'no-source' } });
  expect(request.steps.map(({ stage, netns }) => `${stage} ${netns}`)).toContain('ingress b');
});

const FAR = '2001:db8:9::9';
test.each<[string, NetnsSpec, string, string | undefined]>([
  ['the destination itself', { links: links(['fd00::1/64', 'fd00::2/64'], []) }, 'fd00::2', 'fd00::2'],
  ['enough scope', { links: links(['fd00::1/64'], []), routes: [`${FAR} via fd00::9`] }, FAR, 'fd00::1'],
  [
    'nothing deprecated',
    { links: links(['2001:db8:9::1/64 deprecated', 'fd00::1/64'], []), routes: [`${FAR} dev e0`] },
    FAR,
    'fd00::1',
  ],
  [
    'nothing tentative',
    { links: links(['2001:db8:9::1/64 tentative', 'fd00::1/64'], []), routes: [`${FAR} dev e0`] },
    FAR,
    'fd00::1',
  ],
  [
    'the egress device',
    { links: links(['fd00::1/64'], ['2001:db8:9::1/96']), routes: [`${FAR} dev e0`] },
    FAR,
    'fd00::1',
  ],
  [
    'the same label',
    { links: links(['fd00::1/64', '2001:db8:1::1/64'], []), routes: [`${FAR} dev e0`] },
    FAR,
    '2001:db8:1::1',
  ],
  [
    'the longest common prefix',
    { links: links(['2001:db8:1::1/64', '2001:db8:8::1/64'], []), routes: [`${FAR} dev e0`] },
    FAR,
    '2001:db8:8::1',
  ],
  [
    'the first of equals',
    { links: links(['2001:db8:1::5/64', '2001:db8:1::1/64'], []), routes: [`${FAR} dev e0`] },
    FAR,
    '2001:db8:1::5',
  ],
  [
    'what the route says',
    { links: links(['fd00::1/64', 'fd00::5/64'], []), routes: [`${FAR} dev e0 src fd00::5`] },
    FAR,
    'fd00::5',
  ],
])('inet6SourceFor() takes %s', (_, spec, destination, expected) => {
  expect(sourceOf(spec, destination)).toBe(expected);
});

test('routeOutput() looks again with the source that IPv6 would take, for rules that ask for one', () => {
  const spec = {
    links: links(['fd00::1/64'], []),
    routes: [`${FAR} via fd00::9 table 7`],
    rules: ['100: from fd00::/64 lookup 7'],
  };
  expect(sourceOf(spec, FAR)).toBe('fd00::1');
});
