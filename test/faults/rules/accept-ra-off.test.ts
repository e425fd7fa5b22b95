import { expect, test } from 'vitest';
import { acceptRaOff } from '../../../src/faults/rules/accept-ra-off.ts';
import { hostOf } from '../../helpers/build-host.ts';
import { after, codesOf, commandsFor, endOf, findBy } from '../diagnose.ts';

/** box, behind a router that advertises fd01::/64, and far fd02::2 behind the same router. */
function behindRouter(sysctls: Readonly<Record<string, number>>, address = 'fd01::1/64 dynamic') {
  return hostOf({
    box: { links: { eth0: { peer: 'r:a', addresses: [address] } }, sysctls },
    r: {
      links: { a: { addresses: ['fd01::ff/64'] }, b: { peer: 'far:eth0', addresses: ['fd02::ff/64'] } },
      sysctls: { 'net/ipv6/conf/all/forwarding': 1 },
    },
    far: { links: { eth0: { addresses: ['fd02::2/64'] } }, routes: ['default via fd02::ff'] },
  });
}

test('accept-ra-off names the interface that forwards and has an address of advertisements', () => {
  const host = behindRouter({ 'net/ipv6/conf/all/forwarding': 1 });
  const findings = findBy(acceptRaOff, host, 'box fd02::2');
  expect(findings).toMatchObject([{ code: 'accept-ra-off', netns: 'box', device: 'eth0', leg: 'request' }]);
  const [accept, route] = commandsFor(host, findings[0]);
  expect(accept).toBe('ip netns exec box sysctl -w net/ipv6/conf/eth0/accept_ra=2');
  expect(route).toMatch(/^ip -n box -6 route add default via fe80::\S+ dev eth0$/);
  expect(endOf(after(host, findings[0]?.repairs[0]), 'box fd02::2')).toBe('answered');
  expect(codesOf(host, 'box fd02::2')).toEqual(['accept-ra-off']);
});

test.each([
  ['does not forward', {}, undefined],
  [
    'takes them although it forwards',
    { 'net/ipv6/conf/all/forwarding': 1, 'net/ipv6/conf/eth0/accept_ra': 2 },
    undefined,
  ],
  ['has no address of theirs', { 'net/ipv6/conf/all/forwarding': 1 }, 'fd01::1/64'],
])('accept-ra-off is silent about an interface that %s', (_, sysctls, address) => {
  const host = behindRouter(sysctls, address);
  expect(findBy(acceptRaOff, host, 'box fd02::2')).toEqual([]);
  expect(codesOf(host, 'box fd02::2')).toEqual(['no-route']);
});
