/** Source validation. */

import { expect, test } from 'vitest';
import { walkRoundTrip } from '../../src/walk/round-trip.ts';
import { ask } from '../helpers/ask.ts';
import { addRoutes, type HostSpec, hostOf, tweakSysctl } from '../helpers/build-host.ts';
import { end } from './hosts.ts';
import { iptablesRules } from './netfilter/hook.ts';

/** What a sends from 10.9.9.9 comes in by ra; r's way back to it is by rz. */
const ASYMMETRIC: HostSpec = {
  a: {
    links: {
      va: { peer: 'r:ra', addresses: ['10.0.1.1/24', '10.9.9.9/32'] },
      vz: { peer: 'r:rz', addresses: ['10.0.2.1/24'] },
    },
    sysctls: { 'net/ipv4/conf/all/arp_announce': 2 },
  },
  r: {
    links: { ra: { addresses: ['10.0.1.254/24'] }, rz: { addresses: ['10.0.2.254/24'] } },
    routes: ['10.9.9.9 via 10.0.2.1'],
  },
};
const FROM = { from: '10.9.9.9' };

test.each([
  [0, 0, 'delivered'],
  [0, 1, 'request rp-filter at r:ra'],
  [1, 0, 'request rp-filter at r:ra'],
  [1, 2, 'delivered'],
  [2, 1, 'delivered'],
])('validateSource() takes the larger of all (%i) and the device (%i)', (all, own, expected) => {
  const host = tweakSysctl(hostOf(ASYMMETRIC), 'r', 'net/ipv4/conf/all/rp_filter', all);
  expect(end(tweakSysctl(host, 'r', 'net/ipv4/conf/ra/rp_filter', own), 'a', '10.0.1.254', FROM)).toBe(expected);
});

test('validateSource() tells the mode and the way back that it found', () => {
  const host = tweakSysctl(hostOf(ASYMMETRIC), 'r', 'net/ipv4/conf/ra/rp_filter', 1);
  expect(walkRoundTrip(host, ask('a', '10.0.1.254', FROM)).request.fate).toMatchObject({
    reason: { mode: 1, source: '10.9.9.9', inDevice: 'ra', reverseDevice: 'rz' },
  });
});

test('validateSource() is loose only where there is a way back at all', () => {
  const lost = hostOf({ ...ASYMMETRIC, r: { ...ASYMMETRIC['r'], routes: [] } });
  const host = tweakSysctl(lost, 'r', 'net/ipv4/conf/ra/rp_filter', 2);
  expect(end(host, 'a', '10.0.1.254', FROM)).toBe('request rp-filter at r:ra');
  expect(end(addRoutes(host, 'r', 'default via 10.0.2.1'), 'a', '10.0.1.254', FROM)).toBe('delivered');
});

test('validateSource() is undecided when rp_filter could not be read', () => {
  const host = tweakSysctl(hostOf(ASYMMETRIC), 'r', 'net/ipv4/conf/all/rp_filter', undefined);
  expect(end(host, 'a', '10.0.1.254')).toBe('request undecided: net/ipv4/conf/all/rp_filter could not be read');
});

test('validateSource() refuses an own address as source with rp_filter off, unless accept_local', () => {
  const duplicate = hostOf({
    ...ASYMMETRIC,
    r: { links: { ...ASYMMETRIC['r']?.links, d0: { kind: 'dummy', addresses: ['10.9.9.9/32'] } } },
  });
  expect(end(duplicate, 'a', '10.0.1.254', FROM)).toBe('request martian-source at r:ra');
  const accepting = tweakSysctl(duplicate, 'r', 'net/ipv4/conf/ra/accept_local', 1);
  // Taken, and answered to itself.
  expect(end(accepting, 'a', '10.0.1.254', FROM)).toBe('reply reply-not-recognised at r:lo');
  const unread = tweakSysctl(duplicate, 'r', 'net/ipv4/conf/ra/accept_local', undefined);
  expect(end(unread, 'a', '10.0.1.254', FROM)).toBe('request undecided: accept_local of ra could not be read');
});

test('validateSource() calls an own address one, and no want of a way back, in strict mode too', () => {
  const duplicate = hostOf({
    ...ASYMMETRIC,
    r: { links: { ...ASYMMETRIC['r']?.links, d0: { kind: 'dummy', addresses: ['10.9.9.9/32'] } } },
  });
  const strict = tweakSysctl(duplicate, 'r', 'net/ipv4/conf/ra/rp_filter', 1);
  expect(end(strict, 'a', '10.0.1.254', FROM)).toBe('request martian-source at r:ra');
});

test.each([
  ['neither for all nor for the device', {}, 'request rp-filter at r:ra'],
  ['for the device', { 'net/ipv4/conf/ra/src_valid_mark': 1 }, 'delivered'],
  ['for all', { 'net/ipv4/conf/all/src_valid_mark': 1 }, 'delivered'],
])('validateSource() asks for the way back of a marked packet with src_valid_mark set %s', (_, sysctls, expected) => {
  const marked: HostSpec = {
    ...ASYMMETRIC,
    r: {
      ...ASYMMETRIC['r'],
      routes: ['10.9.9.9 via 10.0.2.1', '10.9.9.9 via 10.0.1.1 dev ra table 7'],
      rules: ['100: from all fwmark 0x1 lookup 7'],
      ruleset: iptablesRules('mangle', ['-A PREROUTING -i ra -j MARK --set-xmark 0x1/0xffffffff']),
      sysctls: { 'net/ipv4/conf/ra/rp_filter': 1, ...sysctls },
    },
  };
  expect(end(hostOf(marked), 'a', '10.0.1.254', FROM)).toBe(expected);
});
