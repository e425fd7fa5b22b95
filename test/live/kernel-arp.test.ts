/** Who answers ARP, by whom it is heard, and which entries are believed. */

import { judge } from '../helpers/judge.ts';
import { liveTest } from '../helpers/world.ts';

const PAIR = `
  namespaces a b
  wire a va b vb
  address a va 10.0.1.1/24
  address b vb 10.0.1.2/24
`;

liveTest('ARP is answered for any local address, as far as arp_ignore and arp_filter let it', async () => {
  const elsewhere = { from: 'a', to: '10.0.7.7' };
  await judge(
    `${PAIR}
    wire b vz a vy
    address b vz 10.0.7.7/32
    ip -n a route add 10.0.7.7 dev va`,
    [
      { claim: 'the address is on another device', ...elsewhere, answered: true },
      {
        claim: 'arp_ignore 1',
        change: 'forget a b; sysctl_ b net.ipv4.conf.vb.arp_ignore=1',
        ...elsewhere,
        answered: false,
      },
      {
        claim: 'arp_ignore 1, all',
        change: 'forget a b; sysctl_ b net.ipv4.conf.vb.arp_ignore=0 net.ipv4.conf.all.arp_ignore=1',
        ...elsewhere,
        answered: false,
      },
      { claim: 'arp_ignore 1, own address', change: 'forget a b', from: 'a', to: '10.0.1.2', answered: true },
      {
        claim: 'arp_ignore 2, asker in the subnet',
        change: 'forget a b; sysctl_ b net.ipv4.conf.all.arp_ignore=2',
        from: 'a',
        to: '10.0.1.2',
        answered: true,
      },
      {
        claim: 'arp_ignore 2, asker outside',
        change:
          'forget a b; sysctl_ b net.ipv4.conf.all.arp_ignore=2; address a va 10.8.0.1/32; ip -n b route add 10.8.0.1 dev vb',
        from: 'a',
        to: '10.0.1.2',
        source: '10.8.0.1',
        answered: false,
      },
      {
        claim: 'arp_ignore 8',
        change: 'forget a b; sysctl_ b net.ipv4.conf.all.arp_ignore=8',
        from: 'a',
        to: '10.0.1.2',
        answered: false,
      },
      {
        claim: 'arp_filter, way back by the same device',
        change: 'forget a b; sysctl_ b net.ipv4.conf.all.arp_ignore=0 net.ipv4.conf.vb.arp_filter=1',
        from: 'a',
        to: '10.0.1.2',
        answered: true,
      },
      {
        claim: 'arp_filter, way back by another device',
        change: 'forget a b; ip -n b route add 10.0.1.1 dev vz; address a vy 10.0.55.1/32',
        from: 'a',
        to: '10.0.1.2',
        answered: false,
      },
    ],
  );
});

liveTest('ARP is answered only to an asker whose address would pass source validation', async () => {
  const ask = { from: 'a', to: '10.0.1.2', source: '10.9.9.9' };
  const setup = `${PAIR}
    wire b vz a vy
    address b vz 10.0.2.2/24
    address a va 10.9.9.9/32
    address a vy 10.0.2.1/24
    ip -n b route add 10.9.9.9 via 10.0.2.1`;
  await judge(setup, [
    { claim: 'rp_filter 0', ...ask, answered: true },
    { claim: 'rp_filter 1', change: 'forget a b; sysctl_ b net.ipv4.conf.vb.rp_filter=1', ...ask, answered: false },
    {
      claim: 'rp_filter 1, asked by an address of the subnet',
      change: 'forget a b',
      from: 'a',
      to: '10.0.1.2',
      answered: true,
    },
  ]);
});

liveTest('interfaces without ARP neither ask nor answer', async () => {
  const ask = { from: 'a', to: '10.0.1.2' };
  await judge(PAIR, [
    { claim: 'arp off on the asker', change: 'ip -n a link set dev va arp off', ...ask, answered: false },
    {
      claim: 'arp off on the owner',
      change: 'ip -n a link set dev va arp on; ip -n b link set dev vb arp off; forget a b',
      ...ask,
      answered: false,
    },
    {
      claim: 'arp off on both, neighbours written down',
      change: `
      ip -n a link set dev va arp off
      ip -n a neigh replace 10.0.1.2 dev va nud permanent lladdr "$(ip netns exec b cat /sys/class/net/vb/address)"
      ip -n b neigh replace 10.0.1.1 dev vb nud permanent lladdr "$(ip netns exec a cat /sys/class/net/va/address)"`,
      ...ask,
      answered: true,
    },
  ]);
});

liveTest('a permanent or reachable entry is used as it is, a stale one is asked anew', async () => {
  const ask = { from: 'a', to: '10.0.1.2' };
  const wrong = 'ip -n a neigh replace 10.0.1.2 dev va lladdr 02:11:22:33:44:55 nud';
  await judge(PAIR, [
    { claim: 'permanent', change: `${wrong} permanent`, ...ask, answered: false },
    { claim: 'reachable', change: `${wrong} reachable`, ...ask, answered: false },
    {
      claim: 'stale, once it was probed',
      // The entry is used for a second, then asked for three times; both are shortened here.
      change: `
        sysctl_ a net.ipv4.neigh.va.delay_first_probe_time=0 net.ipv4.neigh.va.retrans_time_ms=10
        ${wrong} stale
        ip netns exec a ping -n -c5 -i0.1 -W0.1 10.0.1.2 || :`,
      ...ask,
      answered: true,
    },
  ]);
});

liveTest('proxy_arp answers for what would be forwarded by another device', async () => {
  const ask = { from: 'a', to: '10.0.1.77' };
  await judge(
    `
    namespaces a r b
    wire a va r ra
    wire r rb b vb
    address a va 10.0.1.1/24
    address r ra 10.0.1.254/24
    address b vb 10.0.1.77/32
    ip -n r route add 10.0.1.77 dev rb
    ip -n b route add default dev vb
    # A proxy answers after a random time of up to 0.8 s, so that owners come first (arp(7), proxy_delay).
    sysctl_ r net.ipv4.neigh.ra.proxy_delay=0 net.ipv4.neigh.rb.proxy_delay=0
    sysctl_ r net.ipv4.ip_forward=1 net.ipv4.conf.rb.proxy_arp=1`,
    [
      { claim: 'no proxy where the request comes in', ...ask, answered: false },
      { claim: 'proxy', change: 'forget a b r; sysctl_ r net.ipv4.conf.ra.proxy_arp=1', ...ask, answered: true },
      {
        claim: 'a proxy entry',
        change: 'forget a b r; sysctl_ r net.ipv4.conf.ra.proxy_arp=0; ip -n r neigh add proxy 10.0.1.77 dev ra',
        ...ask,
        answered: true,
      },
      {
        claim: 'without a route on, though told to answer for all',
        change: 'forget a b r; sysctl_ r net.ipv4.conf.ra.proxy_arp=1; ip -n r route del 10.0.1.77 dev rb',
        ...ask,
        answered: false,
      },
      {
        claim: 'with a route that refuses',
        change: 'forget a b r; ip -n r route add prohibit 10.0.1.77',
        ...ask,
        answered: false,
      },
      {
        claim: 'without forwarding',
        change: `forget a b r; ip -n r route del prohibit 10.0.1.77; ip -n r route add 10.0.1.77 dev rb
          sysctl_ r net.ipv4.conf.ra.forwarding=0`,
        ...ask,
        answered: false,
      },
    ],
  );
});
