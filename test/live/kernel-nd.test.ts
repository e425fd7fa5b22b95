/** Who answers a neighbour solicitation. */

import { judge } from '../helpers/judge.ts';
import { liveTest } from '../helpers/world.ts';

const PAIR = `
  namespaces a b
  wire a va b vb
  address a va fd01::1/64
  address b vb fd01::2/64
`;

liveTest('IPv6 answers for addresses of the device that was asked, and for no others', async () => {
  await judge(
    `${PAIR}
    wire b vz a vy
    address b vz fd07::7/128
    ip -n a route add fd07::7 dev va`,
    [
      { claim: 'own', from: 'a', to: 'fd01::2', answered: true },
      { claim: 'of another device', from: 'a', to: 'fd07::7', answered: false },
      {
        claim: 'the same by a gateway',
        change: 'ip -n a route replace fd07::7 via fd01::2',
        from: 'a',
        to: 'fd07::7',
        answered: true,
      },
    ],
  );
});

liveTest('an IPv6 address that failed duplicate detection is not answered for', async () => {
  await judge(
    `namespaces a b c
    wire a va c pa
    wire b vb c pb
    bridge_ c br0 pa pb
    address a va fd01::1/64
    sysctl_ b net.ipv6.conf.all.accept_dad=1 net.ipv6.conf.vb.accept_dad=1
    address a va fd01::2/64`,
    [
      {
        claim: 'dadfailed',
        change: `
          ip -n b addr add fd01::2/64 dev vb
          until ip -n b addr show dev vb | grep -q dadfailed; do sleep 0.05; done
          ip -n a addr del fd01::2/64 dev va
          forget a b`,
        from: 'a',
        to: 'fd01::2',
        answered: false,
      },
    ],
  );
});

liveTest('without ARP on the owner, its advertisement never leaves as it should', async () => {
  const ask = { from: 'a', to: 'fd01::2' };
  await judge(PAIR, [
    { claim: 'on', ...ask, answered: true },
    { claim: 'off', change: 'ip -n b link set dev vb arp off; forget a b', ...ask, answered: false },
  ]);
});

liveTest('proxy_ndp answers for its entries, where the namespace forwards', async () => {
  const ask = { from: 'a', to: 'fd01::77' };
  await judge(
    `namespaces a r b
    wire a va r ra
    wire r rb b vb
    address a va fd01::1/64
    address r ra fd01::fe/64
    address r rb fd02::fe/64
    address b vb fd01::77/128 fd02::1/64
    ip -n r route add fd01::77 via fd02::1
    ip -n b route add default via fd02::fe
    sysctl_ r net.ipv6.conf.all.forwarding=1
    ip -n r neigh add proxy fd01::77 dev ra`,
    [
      { claim: 'proxy_ndp 0', ...ask, answered: false },
      { claim: 'proxy_ndp 1', change: 'forget a r b; sysctl_ r net.ipv6.conf.ra.proxy_ndp=1', ...ask, answered: true },
      {
        claim: 'not forwarding',
        change: 'forget a r b; sysctl_ r net.ipv6.conf.all.forwarding=0',
        ...ask,
        answered: false,
      },
    ],
  );
});
