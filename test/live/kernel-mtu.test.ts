/** Where a packet is too long. */

import { judge } from '../helpers/judge.ts';
import { liveTest } from '../helpers/world.ts';

/** 972 bytes of payload make a packet of 1000 bytes, header and all. */
const LONG = { payloadBytes: 972 };

liveTest('a router refuses what is longer than the device it leaves by, when it may not be cut', async () => {
  const ask = { from: 'a', to: '10.0.2.1' };
  await judge(
    `namespaces a r b
    wire a va r ra
    wire r rb b vb
    address a va 10.0.1.1/24
    address r ra 10.0.1.254/24
    address r rb 10.0.2.254/24
    address b vb 10.0.2.1/24
    ip -n a route add default via 10.0.1.254
    ip -n b route add default via 10.0.2.254
    sysctl_ r net.ipv4.ip_forward=1
    # What it would learn from the router is not what is asked here.
    sysctl_ a net.ipv4.route.min_pmtu=600 net.ipv4.ip_no_pmtu_disc=0`,
    [
      {
        claim: 'fits exactly',
        change: 'ip -n r link set dev rb mtu 1000; ip -n b link set dev vb mtu 1000',
        ...ask,
        ...LONG,
        answered: true,
      },
      { claim: 'one byte longer', ...ask, payloadBytes: 973, answered: false },
      { claim: 'may be cut', ...ask, ping: ['-s', '1200', '-M', 'dont'], answered: true },
    ],
  );
});

liveTest('a veth end drops what is more than a VLAN tag longer than its MTU, and so does a bridge port', async () => {
  const ask = { from: 'a', to: '10.0.1.2' };
  const four = { payloadBytes: 976 };
  const five = { payloadBytes: 977 };
  await judge(
    `namespaces a b
    wire a va b vb
    address a va 10.0.1.1/24
    address b vb 10.0.1.2/24
    ip -n b link set dev vb mtu 1000
    # So that the answer may go back in one piece.
    ip -n b link set dev vb mtu 1000`,
    [
      { claim: 'exactly', ...ask, ...LONG, answered: true },
      { claim: '5 bytes longer', ...ask, ...five, answered: false },
    ],
  );
  await judge(
    `namespaces a b br
    wire a va br pa
    wire b vb br pb
    bridge_ br br0 pa pb
    address a va 10.0.1.1/24
    address b vb 10.0.1.2/24
    ip -n br link set dev pb mtu 1000`,
    [
      { claim: '4 bytes longer', ...ask, ...four, answered: true },
      { claim: '5 bytes longer', ...ask, ...five, answered: false },
    ],
  );
});

liveTest('echo replies may be cut by routers', async () => {
  const ask = { from: 'a', to: '10.0.2.1' };
  await judge(
    `namespaces a r b
    wire a va r ra
    wire r rb b vb
    address a va 10.0.1.1/24
    address r ra 10.0.1.254/24
    address r rb 10.0.2.254/24
    address b vb 10.0.2.1/24
    ip -n a route add default via 10.0.1.254
    ip -n b route add default via 10.0.2.254
    sysctl_ r net.ipv4.ip_forward=1`,
    [
      {
        claim: 'the way back is narrower',
        // The veth end itself takes 1000 bytes: only the router's route says 900.
        change: 'ip -n r route change 10.0.1.0/24 dev ra mtu 900 src 10.0.1.254',
        ...ask,
        ...LONG,
        answered: true,
      },
    ],
  );
});
