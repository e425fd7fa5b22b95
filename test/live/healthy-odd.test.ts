/**
 * Healthy networks that look broken: ping is answered, and neither the model alone nor nsdiag with its probe names a cause.
 */

import { predict } from '../../src/diagnosis/predict.ts';
import { isRoundTripDelivered } from '../../src/journey/journey.ts';
import { ask } from '../helpers/ask.ts';
import { collectIn } from '../helpers/collect-world.ts';
import { WORDS } from '../helpers/judge.ts';
import { answers } from '../helpers/lab-judge.ts';
import { inWorld, liveTest, until } from '../helpers/world.ts';

interface Odd {
  readonly what: string;
  /** Shell, with WORDS. */
  readonly network: string;
  /** Asked of a. */
  readonly to: string;
}

/** a 10.0.1.1 - r - b 10.0.2.1; a has no route yet. */
const ROUTER = `
  namespaces a r b
  wire a va r ra
  wire b vb r rb
  sysctl_ r net.ipv4.ip_forward=1
  address r ra 10.0.1.254/24
  address r rb 10.0.2.254/24
  address b vb 10.0.2.1/24
  ip -n b route add default via 10.0.2.254
`;

/** a and b with two routers between them, r1 on 10.0.1.0/24 and 10.0.2.0/24, r2 on 10.1.1.0/24 and 10.1.2.0/24. */
const TWO_ROUTERS = `
  namespaces a r1 r2 b
  wire a a1 r1 ra
  wire a a2 r2 ra
  wire b b1 r1 rb
  wire b b2 r2 rb
  address a a1 10.0.1.1/24; address r1 ra 10.0.1.254/24; address r1 rb 10.0.2.254/24; address b b1 10.0.2.1/24
  address a a2 10.1.1.1/24; address r2 ra 10.1.1.254/24; address r2 rb 10.1.2.254/24; address b b2 10.1.2.1/24
  for r in r1 r2; do sysctl_ $r net.ipv4.ip_forward=1; done
  ip -n r1 route add 10.1.2.0/24 via 10.0.2.1
  ip -n r2 route add 10.0.2.0/24 via 10.1.2.1; ip -n r2 route add 10.0.1.0/24 via 10.1.1.1
`;

const ODD: readonly Odd[] = [
  {
    what: 'a takes the whole world for its neighbour, and the router stands in (proxy_arp)',
    network: `${ROUTER} address a va 10.0.1.1/8; sysctl_ r net.ipv4.conf.ra.proxy_arp=1`,
    to: '10.0.2.1',
  },
  {
    what: 'a /32 whose gateway is in no network of its own (onlink)',
    network: `${ROUTER} address a va 10.7.7.7/32; ip -n r route add 10.7.7.7 dev ra
      ip -n a route add default via 10.0.1.254 dev va onlink`,
    to: '10.0.2.1',
  },
  {
    what: 'a container as Calico makes it: /32, the gateway 169.254.1.1 that nobody has, a blackhole for the block',
    network: `${ROUTER} address a va 10.7.7.7/32; ip -n a route add 169.254.1.1 dev va scope link
      ip -n a route add default via 169.254.1.1
      sysctl_ r net.ipv4.conf.ra.proxy_arp=1 net.ipv4.conf.ra.rp_filter=1
      ip -n r route add 10.7.7.7 dev ra scope link; ip -n r route add blackhole 10.7.7.0/26
      ip -n r route add default via 10.0.2.1`,
    to: '10.0.2.1',
  },
  {
    what: 'routes there and back by different routers, with loose rp_filter',
    network: `${TWO_ROUTERS} ip -n a route add 10.0.2.0/24 via 10.0.1.254
      ip -n b route add 10.0.1.0/24 via 10.1.2.254
      for n in a b; do sysctl_ $n net.ipv4.conf.all.rp_filter=2; done`,
    to: '10.0.2.1',
  },
  {
    what: 'a route with two next hops, both of which lead there',
    network: `${TWO_ROUTERS} address b lo 10.9.9.9/32
      ip -n r1 route add 10.9.9.9 via 10.0.2.1; ip -n r2 route add 10.9.9.9 via 10.1.2.1
      ip -n a route add 10.9.9.9 nexthop via 10.0.1.254 nexthop via 10.1.1.254
      ip -n b route add 10.0.1.0/24 via 10.0.2.254; ip -n b route add 10.1.1.0/24 via 10.1.2.254`,
    to: '10.9.9.9',
  },
  {
    what: 'policy routing as wg-quick does it: main without its default first, all else to a table of its own',
    network: `${ROUTER} address a va 10.0.1.1/24; ip -n a route add default via 10.0.1.254
      wire a wg0 b wg1; address a wg0 10.66.0.2/32
      ip -n a route add default dev wg0 table 51820; ip -n a route add 10.0.2.0/24 via 10.0.1.254
      ip -n a rule add pref 100 lookup main suppress_prefixlength 0
      ip -n a rule add pref 200 not fwmark 0xca6c lookup 51820`,
    to: '10.0.2.1',
  },
  {
    what: 'interfaces off the path that are down, unwired, portless and without an address',
    network: `${ROUTER} address a va 10.0.1.1/24; ip -n a route add default via 10.0.1.254
      wire a down0 b down1; ip -n a link set dev down0 down; ip -n r link add idle0 type bridge
      ip -n r link add br0 type bridge; ip -n r link set dev br0 up`,
    to: '10.0.2.1',
  },
  {
    what: 'blackholes, prohibitions and wrong ways for other prefixes, and an unreachable default of a high metric',
    network: `${ROUTER} address a va 10.0.1.1/24; ip -n a route add default via 10.0.1.254
      ip -n a route add blackhole 10.0.3.0/24; ip -n a route add prohibit 10.0.2.128/25
      ip -n a route add unreachable default metric 4278198272; ip -n r route add throw 10.0.4.0/24
      ip -n a route add 192.168.0.0/16 via 10.0.1.77; ip -n r rule add to 10.0.5.0/24 blackhole`,
    to: '10.0.2.1',
  },
  {
    what: 'the same address on a standby that is down, and in another network',
    network: `${ROUTER} address a va 10.0.1.1/24; ip -n a route add default via 10.0.1.254
      namespaces standby other
      ip -n standby link add br0 type bridge; address standby br0 10.0.2.1/24
      wire other v0 standby v1; address other v0 10.0.2.1/24`,
    to: '10.0.2.1',
  },
  {
    what: 'addresses of a pair that are each the other one for the other (peer), and a /31',
    network: `namespaces a b; wire a va b vb; ip -n a addr add 10.5.0.1 peer 10.5.0.2 dev va
      ip -n b addr add 10.5.0.2 peer 10.5.0.1 dev vb; address a va 10.6.0.0/31; address b vb 10.6.0.1/31`,
    to: '10.6.0.1',
  },
  {
    what: 'IPv6 by a link-local gateway, while IPv6 is off on another interface and forwarding on without advertisements',
    network: `namespaces a r b; wire a va r ra; wire b vb r rb; wire a x0 b x1
      sysctl_ r net.ipv6.conf.all.forwarding=1; sysctl_ a net.ipv6.conf.all.forwarding=1
      address a va fd01::1/128; address r rb fd02::fe/64; address b vb fd02::1/64
      sysctl_ a net.ipv6.conf.x0.disable_ipv6=1; ip -n r addr add fe80::1/64 dev ra nodad
      ip -n a route add default via fe80::1 dev va; ip -n r route add fd01::1 dev ra; ip -n b route add default via fd02::fe`,
    to: 'fd02::1',
  },
];

liveTest.concurrent.for(ODD)('why blames nothing where $what', async ({ network, to }, { expect }) => {
  await inWorld(async (world) => {
    await world.sh(`${WORDS}\n${network}`);
    const { causes, trip } = predict(await collectIn(world), ask('a', to));
    expect(causes.map(({ finding }) => finding.what)).toEqual([]);
    expect(isRoundTripDelivered(trip)).toBe(true);
    await until(() => answers(world, { from: 'a', to, proto: 'icmp' }), 'an answer');
    const { exitCode, stdout } = await world.nsdiag(['why', 'a', to, '--json']);
    const answer = JSON.parse(stdout) as { verdict: string; causes: unknown };
    expect({ exitCode, ...answer }).toMatchObject({ exitCode: 0, verdict: 'reachable', causes: [] });
  });
});
