/** The gate between "not for me" and "forward it". */

import { expect, test } from 'vitest';
import { hostOf, tweakSysctl } from '../helpers/build-host.ts';
import { end, ROUTER } from './hosts.ts';

const FORWARDING = 'net/ipv4/conf/ra/forwarding';
const BACK = 'net/ipv4/conf/rb/forwarding';

test.each([
  ['passes when the ingress device forwards', FORWARDING, 1, 'delivered'],
  ['drops when it does not', FORWARDING, 0, 'request not-forwarding at r:ra'],
  [
    'is undecided when nobody could read it',
    FORWARDING,
    undefined,
    `request undecided: ${FORWARDING} could not be read`,
  ],
  ['drops the reply by its own ingress device', BACK, 0, 'reply not-forwarding at r:rb'],
  ['does not ask ip_forward', 'net/ipv4/ip_forward', 0, 'delivered'],
])('forwardGate() %s', (_, key, value, expected) => {
  expect(end(tweakSysctl(hostOf(ROUTER), 'r', key, value), 'a', '10.0.2.1')).toBe(expected);
});

test.each([
  ['asks all/forwarding for IPv6', { 'net/ipv6/conf/all/forwarding': 0 }, 'request not-forwarding at r:ra'],
  [
    'does not ask the device for IPv6',
    { 'net/ipv6/conf/ra/forwarding': 0, 'net/ipv6/conf/rb/forwarding': 0 },
    'delivered',
  ],
  [
    'lets force_forwarding of the ingress device stand in',
    { 'net/ipv6/conf/all/forwarding': 0, 'net/ipv6/conf/ra/force_forwarding': 1 },
    'reply not-forwarding at r:rb',
  ],
  [
    'is undecided for IPv6 when nobody could read it',
    { 'net/ipv6/conf/all/forwarding': undefined },
    'request undecided: net/ipv6/conf/all/forwarding could not be read',
  ],
])('forwardGate() %s', (_, settings, expected) => {
  const host = Object.entries(settings).reduce(
    (each, [key, value]) => tweakSysctl(each, 'r', key, value),
    hostOf(ROUTER),
  );
  expect(end(host, 'a', 'fd02::1')).toBe(expected);
});

test('forwardGate() does without force_forwarding, which older kernels lack', () => {
  expect(end(tweakSysctl(hostOf(ROUTER), 'r', 'net/ipv6/conf/ra/force_forwarding', undefined), 'a', 'fd02::1')).toBe(
    'delivered',
  );
});

test('forwardGate() is not asked for an address of another device of the router', () => {
  expect(end(tweakSysctl(hostOf(ROUTER), 'r', FORWARDING, 0), 'a', '10.0.2.254')).toBe('delivered');
});
