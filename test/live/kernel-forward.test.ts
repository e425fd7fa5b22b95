/** Which setting opens the gate between "not for me" and "forward it". */

import { existsSync } from 'node:fs';
import { judge } from '../helpers/judge.ts';
import { liveTest } from '../helpers/world.ts';

const ROUTER = `
  namespaces a r b
  wire a va r ra
  wire b vb r rb
  address a va 10.0.1.1/24 fd01::1/64
  address r ra 10.0.1.254/24 fd01::fe/64
  address r rb 10.0.2.254/24 fd02::fe/64
  address b vb 10.0.2.1/24 fd02::1/64
  ip -n a route add default via 10.0.1.254
  ip -n b route add default via 10.0.2.254
  ip -n a route add default via fd01::fe
  ip -n b route add default via fd02::fe
`;

liveTest('IPv4 forwards what came in by a device whose own forwarding is on, whatever the others say', async () => {
  const ask = { from: 'a', to: '10.0.2.1' };
  await judge(ROUTER, [
    { claim: 'ip_forward 0', ...ask, answered: false },
    { claim: 'ip_forward 1', change: 'sysctl_ r net.ipv4.ip_forward=1', ...ask, answered: true },
    { claim: 'off where requests come in', change: 'sysctl_ r net.ipv4.conf.ra.forwarding=0', ...ask, answered: false },
    {
      claim: 'off where replies come in',
      change: 'sysctl_ r net.ipv4.conf.ra.forwarding=1 net.ipv4.conf.rb.forwarding=0',
      ...ask,
      answered: false,
    },
    {
      claim: 'an address of another device of the router itself needs no forwarding',
      change: 'sysctl_ r net.ipv4.ip_forward=0',
      from: 'a',
      to: '10.0.2.254',
      answered: true,
    },
  ]);
});

liveTest('IPv6 forwards by all/forwarding, whatever the devices say', async () => {
  const ask = { from: 'a', to: 'fd02::1' };
  await judge(ROUTER, [
    { claim: 'all 0', ...ask, answered: false },
    {
      claim: 'all 0, devices 1',
      change: 'sysctl_ r net.ipv6.conf.ra.forwarding=1 net.ipv6.conf.rb.forwarding=1',
      ...ask,
      answered: false,
    },
    {
      claim: 'all 1, devices 0',
      change: 'sysctl_ r net.ipv6.conf.all.forwarding=1 net.ipv6.conf.ra.forwarding=0 net.ipv6.conf.rb.forwarding=0',
      ...ask,
      answered: true,
    },
  ]);
});

liveTest('IPv6 forwards by force_forwarding of the ingress device alone', async ({ skip }) => {
  skip(!existsSync('/proc/sys/net/ipv6/conf/all/force_forwarding'), 'this kernel has no force_forwarding (since 6.17)');
  const ask = { from: 'a', to: 'fd02::1' };
  await judge(ROUTER, [
    {
      claim: 'forced where requests come in alone',
      change: 'sysctl_ r net.ipv6.conf.ra.force_forwarding=1',
      ...ask,
      answered: false,
    },
    { claim: 'forced on both', change: 'sysctl_ r net.ipv6.conf.rb.force_forwarding=1', ...ask, answered: true },
  ]);
});

liveTest('IPv6 does not forward a packet with a link-local source to another link, IPv4 does', async () => {
  await judge(
    `${ROUTER}
    sysctl_ r net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
    address a va 169.254.7.7/32
    ip -n r route add 169.254.7.7 dev ra`,
    [
      { claim: 'IPv4', from: 'a', to: '10.0.2.1', source: '169.254.7.7', answered: true },
      { claim: 'IPv6, a global source', from: 'a', to: 'fd02::1', answered: true },
      {
        claim: 'IPv6, a link-local source',
        change: 'ip -n a addr del fd01::1/64 dev va; ip -n a route replace default via fd01::fe dev va onlink',
        from: 'a',
        to: 'fd02::1',
        answered: false,
      },
    ],
  );
});

liveTest('IPv6 sends a packet with a link-local source back out by the device that it came in by', async () => {
  await judge(
    `namespaces a r b sw
    wire a va sw pa
    wire r ra sw pr
    wire b vb sw pb
    bridge_ sw br0 pa pr pb
    address r ra fd01::fe/64
    address b vb fd09::1/128
    sysctl_ r net.ipv6.conf.all.forwarding=1
    sysctl_ a net.ipv6.conf.va.accept_redirects=0
    ip -n r route add fd09::1 dev ra
    ip -n a route add fd01::fe dev va
    ip -n a route add fd09::1 via fd01::fe dev va onlink`,
    [{ claim: 'same device', from: 'a', to: 'fd09::1', answered: true }],
  );
});
