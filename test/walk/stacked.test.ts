/** Devices that stand on another one: macvlan and VLAN devices, and what a search through them meets. */

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

/** a and b on the access ports of two switches, which a trunk joins; c on a VLAN device behind the second. */
function trunk(vlans: { one?: readonly string[]; two?: readonly string[] } = {}, id = 10): HostSpec {
  return {
    a: { links: { eth0: { peer: 's1:pa', addresses: ['10.0.0.1/24'] } } },
    b: { links: { eth0: { peer: 's2:pb', addresses: ['10.0.0.2/24'] } } },
    c: {
      links: {
        eth0: { peer: 's2:pc' },
        tagged: { kind: 'vlan', addresses: ['10.0.0.3/24'], detail: { lower: 'c:eth0', id } },
      },
    },
    s1: {
      links: {
        br0: { kind: 'bridge', detail: { vlanFiltering: true } },
        pa: { master: 'br0' },
        t: { peer: 's2:t', master: 'br0' },
      },
      vlans: vlans.one ?? ['pa 10 pvid untagged', 't 10'],
    },
    s2: {
      links: {
        br0: { kind: 'bridge', detail: { vlanFiltering: true } },
        pb: { master: 'br0' },
        pc: { master: 'br0' },
        t: { master: 'br0' },
      },
      vlans: vlans.two ?? ['pb 10 pvid untagged', 'pc 10', 't 10'],
    },
  };
}

test.each([
  ['over a trunk', trunk(), '10.0.0.2', 'delivered'],
  ['over a trunk to a VLAN device', trunk(), '10.0.0.3', 'delivered'],
  ['to a VLAN device of another number', trunk({}, 11), '10.0.0.3', 'request neighbor-unanswered at a:eth0'],
  [
    'over a trunk that does not carry it',
    trunk({ one: ['pa 10 pvid untagged', 't 20'] }),
    '10.0.0.2',
    'request neighbor-unanswered at a:eth0',
  ],
  [
    'over a trunk without tags at one end',
    trunk({ one: ['pa 10 pvid untagged', 't 10 pvid untagged'] }),
    '10.0.0.2',
    'request neighbor-unanswered at a:eth0',
  ],
  [
    'into another VLAN at the other end of an untagged wire',
    trunk({
      one: ['pa 10 pvid untagged', 't 10 pvid untagged'],
      two: ['pb 20 pvid untagged', 'pc 20', 't 20 pvid untagged'],
    }),
    '10.0.0.2',
    'delivered',
  ],
])('a frame of a VLAN: %s', (_, spec, to, expected) => {
  expect(end(hostOf(spec), 'a', to)).toBe(expected);
});

test('searchSegment() carries a tag past a bridge that does not filter, and takes one tag at a time', () => {
  const host = hostOf(trunk());
  const plain = tweakLink(host, 's2:br0', {
    detail: { kind: 'bridge', stp: false, vlanFiltering: false, nfCallIptables: false, nfCallIp6tables: false },
  });
  expect(end(plain, 'a', '10.0.0.3')).toBe('delivered');
  expect(end(plain, 'a', '10.0.0.2')).toBe('request neighbor-unanswered at a:eth0');

  const twice = trunk();
  const within = { kind: 'vlan', addresses: ['10.9.0.3/24'], detail: { lower: 'c:tagged', id: 20 } };
  const { c } = twice;
  expect(end(hostOf({ ...twice, c: { links: { ...c?.links, within } } }), 'c', '10.9.0.1')).toBe(
    'request undecided: c:tagged is not modelled (a VLAN tag within another)',
  );
});

test("searchSegment() asks the entries of the frame's own VLAN", () => {
  const spec = trunk();
  const entry = (vlan: number) => `02:00:00:02:00:02 dev pa master br0 vlan ${vlan} permanent`;
  const withEntry = (vlan: number) => ({ ...spec, s1: { ...spec['s1'], fdb: [entry(vlan)] } });
  expect(end(hostOf(withEntry(20)), 'a', '10.0.0.2')).toBe('delivered');
  expect(end(hostOf(withEntry(10)), 'a', '10.0.0.2')).not.toBe('delivered');
});
