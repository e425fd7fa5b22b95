/** Addresses that the kernel refuses, or does not, whatever the routes say. */

import { judge } from '../helpers/judge.ts';
import { liveTest } from '../helpers/world.ts';

const PAIR = `
  namespaces a b
  wire a va b vb
  address a va 10.0.1.1/24
  address b vb 10.0.1.2/24
`;

liveTest('127.0.0.0/8 passes a wire only with route_localnet on both sides', async () => {
  const ask = { from: 'a', to: '127.0.0.5', source: '10.0.1.1' };
  await judge(
    `${PAIR}
    ip -n a addr del 127.0.0.1/8 dev lo
    ip -n a route add 127.0.0.5 via 10.0.1.2`,
    [
      { claim: 'refused', ...ask, answered: false },
      {
        claim: 'allowed where it is going',
        change: 'sysctl_ b net.ipv4.conf.vb.route_localnet=1',
        ...ask,
        answered: false,
      },
      {
        claim: 'allowed where the answer comes in as well',
        change: 'sysctl_ a net.ipv4.conf.va.route_localnet=1',
        ...ask,
        answered: true,
      },
    ],
  );
});

liveTest('a namespace without an address on the way out sends from 0.0.0.0, which nobody answers', async () => {
  const ask = { from: 'a', to: '10.0.1.2' };
  await judge(PAIR, [
    {
      claim: 'no address',
      change:
        'ip -n a addr del 10.0.1.1/24 dev va; ip -n a route add 10.0.1.2 dev va; ip -n b route add default dev vb',
      ...ask,
      answered: false,
    },
    {
      claim: 'an address of another device will do',
      change: 'wire a vz b vy; address a vz 10.0.77.1/32',
      ...ask,
      answered: true,
    },
  ]);
});

liveTest('class E is routed like any other address', async () => {
  await judge(
    `${PAIR}
    address b vb 240.0.0.1/32
    ip -n a route add 240.0.0.1 via 10.0.1.2`,
    [{ claim: '240.0.0.1', from: 'a', to: '240.0.0.1', answered: true }],
  );
});

liveTest('::1 is no address for a wire', async () => {
  await judge(
    `
    namespaces a b
    wire a va b vb
    address a va fd01::1/64
    address b vb fd01::2/64
    ip -n a addr del ::1/128 dev lo
    ip -n a route add ::1 via fd01::2`,
    [
      { claim: '::1', from: 'a', to: '::1', source: 'fd01::1', answered: false },
      {
        claim: 'the same way for another',
        change: 'address b vb fd07::1/128; ip -n a route add fd07::1 via fd01::2',
        from: 'a',
        to: 'fd07::1',
        answered: true,
      },
    ],
  );
});
