import { expect, test } from 'vitest';
import { noRoute } from '../../../src/faults/rules/no-route.ts';
import { hostOf } from '../../helpers/build-host.ts';
import { after, codesOf, commandsFor, endOf, findBy, isProgress } from '../diagnose.ts';
import { behindBridge, pair } from '../worlds.ts';

test('no-route adds the route onto the wire of a neighbour in another network', () => {
  const host = pair({ veth0: { addresses: ['10.0.1.1/24'] }, veth1: { addresses: ['10.0.2.1/24'] } });
  const findings = findBy(noRoute, host, 'ns1 10.0.2.1');
  expect(findings).toMatchObject([{ code: 'no-route', netns: 'ns1', device: 'veth0', leg: 'request' }]);
  expect(findings[0]?.evidence.length).toBeGreaterThan(0);
  expect(commandsFor(host, findings[0])).toEqual(['ip -n ns1 route add 10.0.2.0/24 dev veth0']);
  expect(isProgress(host, 'ns1 10.0.2.1', findings[0])).toBe(true);
});

test('no-route is silent when there is a route and the end of it is down', () => {
  expect(findBy(noRoute, pair({ veth1: { up: false } }), 'ns1 10.0.0.2')).toEqual([]);
});

test('no-route names a gateway on no network of ours where addresses stand alone', () => {
  const host = hostOf({
    a: { links: { eth0: { peer: 'r:pa', addresses: ['10.0.0.1/32'] } } },
    r: {
      links: { pa: { addresses: ['169.254.1.1/32'] }, pb: { peer: 'b:eth0', addresses: ['169.254.1.1/32'] } },
      routes: ['10.0.0.1/32 dev pa', '10.0.0.2/32 dev pb'],
      sysctls: { 'net/ipv4/ip_forward': 1 },
    },
    b: { links: { eth0: { addresses: ['10.0.0.2/32'] } }, routes: ['default dev eth0'] },
  });
  const [finding] = findBy(noRoute, host, 'a 10.0.0.2');
  expect(commandsFor(host, finding)).toEqual(['ip -n a route add default via 169.254.1.1 dev eth0 onlink']);
});

test('no-route asks for a route by an interface without an address, where others have none either', () => {
  const unnumbered = (routes: readonly string[]) =>
    hostOf({
      a: { links: { eth0: { peer: 'r:pa', addresses: ['10.0.0.1/24'] } } },
      r: {
        links: { pa: {}, pb: { peer: 'b:eth0' } },
        routes,
        sysctls: { 'net/ipv4/ip_forward': 1, 'net/ipv4/conf/pa/proxy_arp': 1, 'net/ipv4/conf/pb/proxy_arp': 1 },
      },
      b: { links: { eth0: { addresses: ['10.0.0.2/24'] } } },
    });
  const host = unnumbered(['10.0.0.1 dev pa']);
  expect(codesOf(host, 'a 10.0.0.2')).toEqual(['no-route']);
  expect(commandsFor(host, findBy(noRoute, host, 'a 10.0.0.2')[0])).toEqual(['ip -n r route add 10.0.0.2 dev pb']);
  expect(codesOf(unnumbered([]), 'a 10.0.0.2')).toContain('no-address');
});

test('no-route leads the reply back the way that its request came, although another is shorter', () => {
  const host = hostOf({
    h1: { links: { eth0: { peer: 'r1:h1', addresses: ['10.1.0.2/24'] } }, routes: ['default via 10.1.0.1 dev eth0'] },
    r1: {
      links: {
        h1: { addresses: ['10.1.0.1/24'] },
        r2: { peer: 'r2:r1', addresses: ['10.12.0.1/24'] },
        spare: { peer: 'r3:spare', addresses: ['10.13.0.1/24'] },
      },
      routes: ['10.3.0.0/24 via 10.12.0.2 dev r2'],
      sysctls: { 'net/ipv4/ip_forward': 1 },
    },
    r2: {
      links: { r1: { addresses: ['10.12.0.2/24'] }, r3: { peer: 'r3:r2', addresses: ['10.23.0.2/24'] } },
      routes: ['10.3.0.0/24 via 10.23.0.3 dev r3', '10.1.0.0/24 via 10.12.0.1 dev r1'],
      sysctls: { 'net/ipv4/ip_forward': 1 },
    },
    r3: {
      links: {
        r2: { addresses: ['10.23.0.3/24'] },
        spare: { addresses: ['10.13.0.3/24'] },
        h2: { peer: 'h2:eth0', addresses: ['10.3.0.1/24'] },
      },
      sysctls: { 'net/ipv4/ip_forward': 1 },
    },
    h2: { links: { eth0: { addresses: ['10.3.0.2/24'] } }, routes: ['default via 10.3.0.1 dev eth0'] },
  });
  const [finding] = findBy(noRoute, host, 'h1 10.3.0.2');
  expect(finding).toMatchObject({ netns: 'r3', device: 'r2', leg: 'reply' });
  expect(commandsFor(host, finding)).toEqual(['ip -n r3 route add 10.1.0.0/24 via 10.23.0.2 dev r2']);
});

test('no-route is what a refusing default route means, which says no to all that no other route leads to', () => {
  const host = pair({
    veth0: { addresses: ['10.0.1.1/24'] },
    veth1: { addresses: ['10.0.2.1/24'] },
    ns1: { routes: ['unreachable default metric 4278198272'] },
  });
  expect(codesOf(host, 'ns1 10.0.2.1')).toEqual(['no-route']);
  const [finding] = findBy(noRoute, host, 'ns1 10.0.2.1');
  expect(finding?.what).toBe(
    'ns1 has no route to 10.0.2.1 but "unreachable default metric 4278198272", which refuses it',
  );
  expect(finding?.evidence[0]?.command?.join(' ')).toBe('ip -n ns1 route show');
  expect(commandsFor(host, finding)).toEqual(['ip -n ns1 route add 10.0.2.0/24 dev veth0']);
});

/** a and b are neighbours, each with an address of its own on lo; b has no way back to that of a. */
const onLoopbacks = (routesOfA: readonly string[], routesOfB: readonly string[]) =>
  hostOf({
    a: {
      links: { lo: { addresses: ['10.9.0.1/32'] }, eth0: { peer: 'b:eth0', addresses: ['10.0.0.1/24'] } },
      routes: routesOfA,
    },
    b: {
      links: { lo: { addresses: ['10.9.0.2/32'] }, eth0: { addresses: ['10.0.0.2/24'] } },
      routes: routesOfB,
      sockets: ['udp 0.0.0.0:53', 'tcp 0.0.0.0:80'],
    },
  });

test('no-route names the source, where an answer would come from another address than was asked', () => {
  const host = onLoopbacks(['10.9.0.2 via 10.0.0.2 src 10.9.0.1'], []);
  const [finding] = findBy(noRoute, host, 'a udp 10.9.0.2 53');
  expect(commandsFor(host, finding)).toEqual(['ip -n b route add 10.9.0.1 via 10.0.0.1 dev eth0 src 10.9.0.2']);
  expect(endOf(after(host, finding?.repairs[0]), 'a udp 10.9.0.2 53')).toBe('answered');
  const [ofTcp] = findBy(noRoute, host, 'a tcp 10.9.0.2 80');
  expect(commandsFor(host, ofTcp)).toEqual(['ip -n b route add default via 10.0.0.1 dev eth0']);
});

test('no-route names a gateway whose address was put onto a port of the bridge that it belongs on', () => {
  const host = behindBridge({
    br0: { addresses: [] },
    port: { addresses: ['192.168.10.1/24'] },
    ns1: { routes: [] },
  });
  const [finding] = findBy(noRoute, host, 'ns1 203.0.113.2');
  expect(commandsFor(host, finding)).toEqual(['ip -n ns1 route add default via 192.168.10.1 dev eth0']);
  expect(isProgress(host, 'ns1 203.0.113.2', finding)).toBe(true);
});
