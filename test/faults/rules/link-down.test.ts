import { expect, test } from 'vitest';
import { predict } from '../../../src/diagnosis/predict.ts';
import { linkDown } from '../../../src/faults/rules/link-down.ts';
import { ask } from '../../helpers/ask.ts';
import { hostOf, type LinkSpec } from '../../helpers/build-host.ts';
import { codesOf, commandsFor, findBy, isProgress } from '../diagnose.ts';
import { pair } from '../worlds.ts';

test('link-down names the end of the veth that is down, and raises it', () => {
  const host = pair({ veth1: { up: false } });
  const findings = findBy(linkDown, host, 'ns1 10.0.0.2');
  expect(findings).toMatchObject([{ code: 'link-down', netns: 'ns2', device: 'veth1', leg: 'request' }]);
  expect(findings[0]?.evidence.length).toBeGreaterThan(0);
  expect(commandsFor(host, findings[0])).toEqual(['ip -n ns2 link set dev veth1 up']);
  expect(isProgress(host, 'ns1 10.0.0.2', findings[0])).toBe(true);
});

test('link-down is silent about a bridge port that is down beside the path', () => {
  expect(
    findBy(
      linkDown,
      hostOf({
        ns1: { links: { eth0: { peer: 'sw:p1', addresses: ['10.0.0.1/24'] } } },
        ns2: { links: { eth0: { peer: 'sw:p2', addresses: ['10.0.0.2/24'] } } },
        sw: {
          links: {
            br0: { kind: 'bridge' },
            p1: { master: 'br0' },
            p2: { master: 'br0' },
            p3: { peer: 'ns3:eth0', master: 'br0', up: false },
          },
        },
        ns3: { links: { eth0: { addresses: ['10.0.0.3/24'] } } },
      }),
      'ns1 10.0.0.77',
    ),
  ).toEqual([]);
});

/**
 * a and b, each with an address of its own on lo, wired by r1 and by r2. a goes by r1, b answers by r2; each router knows
 * both.
 */
function twoWays(ra: Partial<LinkSpec>, ...routesOfR1: readonly string[]) {
  const forwards = { 'net/ipv4/ip_forward': 1 };
  return hostOf({
    a: {
      links: {
        lo: { addresses: ['10.9.0.1/32'] },
        r1: { peer: 'r1:a', addresses: ['10.1.0.1/24'], ...ra },
        r2: { peer: 'r2:a', addresses: ['10.3.0.1/24'] },
      },
    },
    b: {
      links: {
        lo: { addresses: ['10.9.0.2/32'] },
        r1: { peer: 'r1:b', addresses: ['10.2.0.1/24'] },
        r2: { peer: 'r2:b', addresses: ['10.4.0.1/24'] },
      },
      routes: ['10.9.0.1 via 10.4.0.2'],
    },
    r1: {
      links: { a: { addresses: ['10.1.0.2/24'] }, b: { addresses: ['10.2.0.2/24'] } },
      routes: ['10.9.0.2 via 10.2.0.1', ...routesOfR1],
      sysctls: forwards,
    },
    r2: {
      links: { a: { addresses: ['10.3.0.2/24'] }, b: { addresses: ['10.4.0.2/24'] } },
      routes: ['10.9.0.1 via 10.3.0.1', '10.9.0.2 via 10.4.0.1'],
      sysctls: forwards,
    },
  });
}

test('link-down takes the way by which a neighbour still sends to us for the one that the route went with', () => {
  const host = twoWays({ up: false }, '10.9.0.1 via 10.1.0.1');
  expect(findBy(linkDown, host, 'a 10.9.0.2')).toMatchObject([{ netns: 'a', device: 'r1' }]);
  const { causes, proof } = predict(host, ask('a', '10.9.0.2'));
  expect(proof).toEqual({ deliveredAfter: 1 });
  expect(causes.map(({ fix }) => fix.map(({ argv }) => argv.join(' ')))).toEqual([
    ['ip -n a link set dev r1 up', 'ip -n a route add 10.9.0.2 via 10.1.0.2 dev r1 src 10.9.0.1'],
  ]);
});

test('link-down is silent about an interface that nobody sends by, where another one leads there', () => {
  expect(codesOf(twoWays({ up: false }), 'a 10.9.0.2')).toEqual(['no-route']);
  expect(codesOf(twoWays({}, '10.9.0.1 via 10.1.0.1'), 'a 10.9.0.2')).toEqual(['no-route']);
});

test('link-down names the end of a proxy, which was not left behind although it has no address', () => {
  const proxy = (proxyArp: number) =>
    hostOf({
      a: { links: { eth0: { peer: 'r:pa', addresses: ['10.0.0.1/24'] } } },
      b: { links: { eth0: { peer: 'r:pb', addresses: ['10.0.0.2/24'] } } },
      r: {
        links: { pa: { up: false }, pb: {} },
        routes: ['10.0.0.2/32 dev pb'],
        sysctls: { 'net/ipv4/ip_forward': 1, 'net/ipv4/conf/pa/proxy_arp': proxyArp },
      },
    });
  expect(codesOf(proxy(1), 'a 10.0.0.2')).toEqual(['link-down']);
  expect(codesOf(proxy(0), 'a 10.0.0.2')).toEqual(['dangling-veth']);
});
