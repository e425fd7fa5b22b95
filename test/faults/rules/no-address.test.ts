import { expect, test } from 'vitest';
import { noAddress } from '../../../src/faults/rules/no-address.ts';
import { hostOf } from '../../helpers/build-host.ts';
import { after, codesOf, commandsFor, endOf, findBy, isProgress } from '../diagnose.ts';
import { pair } from '../worlds.ts';

test('no-address gives the interface the address that is asked for', () => {
  const host = pair({ veth1: { addresses: [] } });
  const findings = findBy(noAddress, host, 'ns1 10.0.0.2');
  expect(findings).toMatchObject([{ code: 'no-address', netns: 'ns2', device: 'veth1', leg: 'request' }]);
  expect(findings[0]?.evidence.length).toBeGreaterThan(0);
  expect(commandsFor(host, findings[0])).toEqual(['ip -n ns2 addr add 10.0.0.2/24 dev veth1']);
  expect(isProgress(host, 'ns1 10.0.0.2', findings[0])).toBe(true);
});

test('no-address is silent when the other end has another address', () => {
  expect(findBy(noAddress, pair({ veth1: { addresses: ['10.0.0.3/24'] } }), 'ns1 10.0.0.2')).toEqual([]);
});

/** A router without addresses of its own on the wire: it has a route to each of its neighbours, and answers ARP for both. */
function proxied(routeToA: string) {
  return hostOf({
    a: { links: { eth0: { peer: 'r:pa' } } },
    b: { links: { eth0: { peer: 'r:pb', addresses: ['10.0.0.2/24'] } } },
    r: {
      links: { pa: {}, pb: {}, spare: { kind: 'bridge', addresses: ['10.77.0.1/24'], up: false } },
      routes: [`${routeToA} dev pa`, '10.0.0.2/32 dev pb'],
      sysctls: {
        'net/ipv4/ip_forward': 1,
        'net/ipv4/conf/pa/proxy_arp': 1,
        'net/ipv4/conf/pb/proxy_arp': 1,
      },
    },
  });
}

test('no-address gives back the address that a neighbour still has a route to', () => {
  const host = proxied('10.0.0.1/32');
  const [finding] = findBy(noAddress, host, 'a 10.0.0.2');
  expect(finding?.repairs[0]?.intent).toBe('Give eth0 in a the address 10.0.0.1/24, which r has a route to');
  expect(commandsFor(host, finding)).toEqual(['ip -n a addr add 10.0.0.1/24 dev eth0']);
  expect(endOf(after(host, finding?.repairs[0]), 'a 10.0.0.2')).toBe('answered');
  expect(codesOf(host, 'a 10.0.0.2')).toEqual(['no-address']);
});

test('no-address does not take a route to somebody for one to nobody', () => {
  const host = proxied('10.0.0.2/32');
  const [repair] = findBy(noAddress, host, 'a 10.0.0.2')[0]?.repairs ?? [];
  expect(repair?.intent).not.toContain('which r has a route to');
  expect(repair?.sideEffects).toContain('is a guess');
});

test('no-address takes the network of the destination, of several on the wire', () => {
  const host = pair({ veth0: { addresses: [] }, veth1: { addresses: ['10.78.0.1/24', '10.0.0.2/24'] } });
  const [finding] = findBy(noAddress, host, 'ns1 10.0.0.2');
  expect(commandsFor(host, finding)).toEqual(['ip -n ns1 addr add 10.0.0.1/24 dev veth0']);
});

test('no-address guesses a network of the usual length where the destination stands alone in its own', () => {
  const host = pair({ veth0: { addresses: [] }, veth1: { addresses: ['10.0.0.2/32'] } });
  const [repair] = findBy(noAddress, host, 'ns1 10.0.0.2')[0]?.repairs ?? [];
  expect(repair?.edits).toMatchObject([{ kind: 'address-add', address: '10.0.0.1', prefixLength: 24 }]);
  expect(repair?.sideEffects).toContain('is a guess');
});
