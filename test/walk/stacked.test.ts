/** Devices that stand on another one: macvlan, and what a search through them meets. */

import { expect, test } from 'vitest';
import { walkRoundTrip } from '../../src/walk/round-trip.ts';
import { ask } from '../helpers/ask.ts';
import { type HostSpec, hostOf, tweakLink } from '../helpers/build-host.ts';
import { end, stepText } from './hosts.ts';

/** h 10.0.0.1 and o 10.0.0.9 on one wire; m1 10.0.0.11 and m2 10.0.0.12 on macvlans of h. */
function macvlans(mode1 = 'bridge', mode2 = 'bridge'): HostSpec {
  return {
    h: { links: { eth0: { peer: 'o:eth0', addresses: ['10.0.0.1/24'] } } },
    o: { links: { eth0: { addresses: ['10.0.0.9/24'] } } },
    m1: {
      links: { mv: { kind: 'macvlan', addresses: ['10.0.0.11/24'], detail: { lower: 'h:eth0', mode: mode1 } } },
    },
    m2: {
      links: { mv: { kind: 'macvlan', addresses: ['10.0.0.12/24'], detail: { lower: 'h:eth0', mode: mode2 } } },
    },
  };
}

test.each([
  ['siblings in bridge mode', macvlans(), 'm1', '10.0.0.12', 'delivered'],
  ['one of them private', macvlans('bridge', 'private'), 'm1', '10.0.0.12', 'request neighbor-unanswered at m1:mv'],
  ['a macvlan and its parent', macvlans(), 'm1', '10.0.0.1', 'request neighbor-unanswered at m1:mv'],
  ['a parent and its macvlan', macvlans(), 'h', '10.0.0.11', 'request neighbor-unanswered at h:eth0'],
  ['a private one and the wire', macvlans('private'), 'm1', '10.0.0.9', 'delivered'],
  ['the wire and a macvlan', macvlans(), 'o', '10.0.0.12', 'delivered'],
  ['the wire and the parent', macvlans(), 'o', '10.0.0.1', 'delivered'],
])('a macvlan: %s', (_, spec, from, to, expected) => {
  expect(end(hostOf(spec), from, to)).toBe(expected);
});

test('carryFrame() shows a frame for a sibling on the parent, as if it had come in', () => {
  const { request } = walkRoundTrip(hostOf(macvlans()), ask('m1', '10.0.0.12'));
  const seen = request.steps.map(stepText).filter((text) => text.includes('gress'));
  expect(seen).toEqual(['egress m1:mv', 'ingress h:eth0', 'ingress m2:mv']);
});

test('carryFrame() shows a frame for the wire on the parent, as it goes out', () => {
  const { request, reply } = walkRoundTrip(hostOf(macvlans()), ask('m1', '10.0.0.9'));
  const seen = [request, reply].map((leg) => leg?.steps.map(stepText).filter((text) => text.includes('gress')));
  expect(seen).toEqual([
    ['egress m1:mv', 'egress h:eth0', 'ingress o:eth0'],
    ['egress o:eth0', 'ingress h:eth0', 'ingress m1:mv'],
  ]);
});

test.each([
  ['its parent is down', { up: false }, 'request neighbor-unanswered at m1:mv'],
  [
    'its parent has an XDP program',
    { unmodelled: ['an XDP program'] },
    'request undecided: h:eth0 is not modelled (an XDP program)',
  ],
])('searchSegment() stops a macvlan when %s', (_, change, expected) => {
  expect(end(tweakLink(hostOf(macvlans()), 'h:eth0', change), 'm1', '10.0.0.9')).toBe(expected);
});

test('searchSegment() is undecided about a macvlan whose mode it does not model', () => {
  const source = tweakLink(hostOf(macvlans('source')), 'm1:mv', { unmodelled: ['macvlan mode source'] });
  expect(end(source, 'm1', '10.0.0.9')).toBe('request undecided: m1:mv is not modelled (macvlan mode source)');
});

test('searchSegment() reaches a macvlan on a bridge from its ports, and not from the bridge itself', () => {
  const host = hostOf({
    sw: {
      links: { br0: { kind: 'bridge', addresses: ['10.0.0.1/24'] }, p1: { master: 'br0' } },
    },
    c: { links: { mv: { kind: 'macvlan', addresses: ['10.0.0.5/24'], detail: { lower: 'sw:br0' } } } },
    o: { links: { eth0: { peer: 'sw:p1', addresses: ['10.0.0.9/24'] } } },
  });
  expect(end(host, 'o', '10.0.0.5')).toBe('delivered');
  expect(end(host, 'c', '10.0.0.9')).toBe('delivered');
  expect(end(host, 'sw', '10.0.0.5')).toBe('request neighbor-unanswered at sw:br0');
});
