import { expect, test } from 'vitest';
import type { Edit } from '../../src/host/edit.ts';
import { undoLosses } from '../../src/host/undo-losses.ts';
import { deviceRef, hostOf, netnsName, tweakLink, tweakSysctl } from '../helpers/build-host.ts';
import { addr } from '../helpers/iproute-text.ts';

/** `down` was given its addresses while it was down: nothing takes them away until it goes down the next time. */
const HOST = tweakLink(
  hostOf({
    a: {
      links: {
        v: { peer: 'b:w', addresses: ['10.0.0.1/24', '10.0.0.2/24', 'fd00::1/64'] },
        down: { peer: 'b:x', addresses: ['10.1.0.1/24', 'fd01::1/64'] },
        down4: { peer: 'b:y', addresses: ['10.2.0.1/24'], up: false },
        bare: { peer: 'b:z', up: false },
      },
      routes: ['10.9.0.0/24 via 10.0.0.9'],
    },
    b: { links: { w: {}, x: {}, y: {}, z: {} } },
  }),
  'a:down',
  { up: false },
);

const up = (device: string): Edit => ({ kind: 'link-up', ...deviceRef(`a:${device}`) });
const move = (device: string): Edit => ({ kind: 'link-netns', ...deviceRef(`a:${device}`), target: netnsName('b') });

test('undoLosses() of bringing up names the IPv6 addresses that going down deletes, not those that come by themselves', () => {
  expect(undoLosses(HOST, up('down'))).toMatch(/down, which deletes its IPv6 addresses: fd01::1\/64$/);
});

test.each(['down4', 'bare'])('undoLosses() of bringing up %s is nothing: no IPv6 address is on it', (device) => {
  expect(undoLosses(HOST, up(device))).toBeUndefined();
});

test.each([
  ['all', 'all says so', undefined],
  ['down', 'the device says so', undefined],
])('undoLosses() of bringing up is nothing where addresses are kept: %s, %s', (device, _, losses) => {
  expect(undoLosses(tweakSysctl(HOST, 'a', `net/ipv6/conf/${device}/keep_addr_on_down`, 1), up('down'))).toBe(losses);
});

test('undoLosses() lets what all says go before what the device says', () => {
  const never = tweakSysctl(HOST, 'a', 'net/ipv6/conf/all/keep_addr_on_down', -1);
  expect(undoLosses(tweakSysctl(never, 'a', 'net/ipv6/conf/down/keep_addr_on_down', 1), up('down'))).toBeDefined();
});

test('undoLosses() of a move names the addresses and the routes that stay behind', () => {
  const losses = undoLosses(HOST, move('v'));
  expect(losses).toMatch(/^What goes with v does not come back when it is taken back: /);
  expect(losses).toContain('10.0.0.1/24 on v, 10.0.0.2/24 on v, fd00::1/64 on v, and 1 more');
});

test('undoLosses() of a move of what has nothing is nothing', () => {
  expect(undoLosses(HOST, move('bare'))).toBeUndefined();
});

test('undoLosses() of a deleted address names the routes that only it made possible', () => {
  const host = hostOf({
    a: { links: { v: { peer: 'b:w', addresses: ['10.0.0.1/24'] } }, routes: ['10.9.0.0/24 via 10.0.0.9 src 10.0.0.1'] },
    b: { links: { w: {} } },
  });
  const edit: Edit = { kind: 'address-delete', ...deviceRef('a:v'), address: addr('10.0.0.1'), prefixLength: 24 };
  expect(undoLosses(host, edit)).toMatch(/^What goes with 10\.0\.0\.1 .*: the route 10\.9\.0\.0\/24 via 10\.0\.0\.9/);
});

test('undoLosses() of an edit that its undo takes back whole is nothing', () => {
  expect(undoLosses(HOST, { kind: 'link-mtu', ...deviceRef('a:v'), mtu: 1400 })).toBeUndefined();
});
