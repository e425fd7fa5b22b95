import { expect, test } from 'vitest';
import { gatewayUnreachable } from '../../../src/faults/rules/gateway-unreachable.ts';
import { hostOf } from '../../helpers/build-host.ts';
import { addr } from '../../helpers/iproute-text.ts';
import { commandsFor, findBy, isProgress } from '../diagnose.ts';
import { chain, pair } from '../worlds.ts';

test('gateway-unreachable changes a route to the gateway that is there', () => {
  const host = chain({ r1: { routes: ['10.0.2.0/24 via 10.0.12.9'], sysctls: { 'net/ipv4/ip_forward': 1 } } });
  const findings = findBy(gatewayUnreachable, host, 'ns1 10.0.2.1');
  expect(findings).toMatchObject([{ code: 'gateway-unreachable', netns: 'r1', device: 'b', leg: 'request' }]);
  expect(findings[0]?.evidence.length).toBeGreaterThan(0);
  expect(commandsFor(host, findings[0])).toEqual(['ip -n r1 route change 10.0.2.0/24 via 10.0.12.2 dev b']);
  expect(isProgress(host, 'ns1 10.0.2.1', findings[0])).toBe(true);
});

test("gateway-unreachable is silent when the destination itself, without a gateway, is nobody's", () => {
  expect(findBy(gatewayUnreachable, pair(), 'ns1 10.0.0.77')).toEqual([]);
});

test('gateway-unreachable looks for the way below an overlay, not through it', () => {
  const end = (name: string, router: string, remote: string, host: string) => ({
    links: {
      under: { peer: `r:${name}`, addresses: [`${host}/24`] },
      br0: { kind: 'bridge' as const },
      [`p-${name}`]: { master: 'br0' },
      vx: { kind: 'vxlan' as const, master: 'br0', detail: { remote: addr(remote), local: addr(host) } },
    },
    routes: [`default via ${router}`],
  });
  const host = hostOf({
    a: { links: { eth0: { peer: 'h1:p-h1', addresses: ['10.0.0.1/24'] } } },
    b: { links: { eth0: { peer: 'h2:p-h2', addresses: ['10.0.0.2/24'] } } },
    h1: end('h1', '172.16.1.77', '172.16.2.2', '172.16.1.1'),
    h2: end('h2', '172.16.2.254', '172.16.1.1', '172.16.2.2'),
    r: {
      links: { h1: { addresses: ['172.16.1.254/24'] }, h2: { addresses: ['172.16.2.254/24'] } },
      sysctls: { 'net/ipv4/ip_forward': 1 },
    },
  });
  const [finding] = findBy(gatewayUnreachable, host, 'a 10.0.0.2');
  expect(commandsFor(host, finding)[0]).toBe('ip -n h1 route change default via 172.16.1.254 dev under');
  expect(isProgress(host, 'a 10.0.0.2', finding)).toBe(true);
});
