/** Routing decisions: rules, tables, prefixes, metrics, types; what down and carrierless devices do to them. */

import { judge } from '../helpers/judge.ts';
import { liveTest } from '../helpers/world.ts';

/** b answers for 10.0.9.1; c is wired to a too, and answers for nothing. */
const TWO_WAYS = `
  namespaces a b c
  wire a va b vb
  wire a vz c vc
  address a va 10.0.1.1/24 fd01::1/64
  address b vb 10.0.1.2/24 10.0.9.1/32 fd01::2/64 fd09::1/128
  address a vz 10.0.2.1/24 fd02::1/64
  address c vc 10.0.2.2/24 fd02::2/64
  ip -n b route add default via 10.0.1.1
  ip -n b route add default via fd01::1
`;
const ASK = { from: 'a', to: '10.0.9.1' };
const ASK6 = { from: 'a', to: 'fd09::1' };

liveTest('the longest prefix wins over any metric, and then the lowest metric', async () => {
  await judge(TWO_WAYS, [
    { claim: 'no route', ...ASK, answered: false },
    { claim: 'default', change: 'ip -n a route add default via 10.0.1.2 metric 50', ...ASK, answered: true },
    { claim: 'a better default', change: 'ip -n a route add default via 10.0.2.2 metric 10', ...ASK, answered: false },
    {
      claim: 'a longer prefix of a worse metric',
      change: 'ip -n a route add 10.0.9.0/24 via 10.0.1.2 metric 900',
      ...ASK,
      answered: true,
    },
    {
      claim: 'a better metric of that prefix',
      change: 'ip -n a route add 10.0.9.0/24 via 10.0.2.2 metric 100',
      ...ASK,
      answered: false,
    },
    { claim: 'the host itself', change: 'ip -n a route add 10.0.9.1 via 10.0.1.2', ...ASK, answered: true },
    {
      claim: 'a type of service that nobody asks for',
      change: 'ip -n a route add 10.0.9.1 tos 0x10 via 10.0.2.2',
      ...ASK,
      answered: true,
    },
  ]);
});

liveTest('blackhole, unreachable and prohibit end the lookup, throw goes on with the next rule', async () => {
  for (const { ask, net, via } of [
    { ask: ASK, net: '10.0.9.0/24', via: '10.0.1.2' },
    { ask: ASK6, net: 'fd09::/64', via: 'fd01::2' },
  ]) {
    await judge(`${TWO_WAYS}\n ip -n a route add default via ${via}`, [
      { claim: 'default', ...ask, answered: true },
      ...['blackhole', 'unreachable', 'prohibit', 'throw'].map((type) => ({
        claim: type,
        change: `ip -n a route replace ${type} ${net}`,
        ...ask,
        answered: false,
      })),
      {
        claim: 'throw in a table of its own',
        change: `ip -n a route del throw ${net}; ip -n a route add throw ${net} table 7; ip -n a ${net.includes(':') ? '-6' : ''} rule add priority 100 lookup 7`,
        ...ask,
        answered: true,
      },
    ]);
  }
});

liveTest('policy rules are asked in order, by source, mark, device and protocol', async () => {
  await judge(
    `${TWO_WAYS}
    address a va 10.0.1.11/24
    ip -n a route add default via 10.0.2.2
    ip -n a route add default via 10.0.1.2 table 7`,
    [
      { claim: 'main leads astray', ...ASK, answered: false },
      {
        claim: 'from: an unbound source matches nothing',
        change: 'ip -n a rule add priority 100 from 10.0.1.0/24 lookup 7',
        ...ASK,
        answered: false,
      },
      { claim: 'from: a bound source matches', ...ASK, source: '10.0.1.11', answered: true },
      {
        claim: 'fwmark',
        change: 'ip -n a rule del priority 100; ip -n a rule add priority 100 fwmark 0x1/0xf lookup 7',
        ...ASK,
        ping: ['-m', '17'],
        answered: true,
      },
      { claim: 'another mark', ...ASK, ping: ['-m', '18'], answered: false },
      {
        claim: 'not fwmark',
        change: 'ip -n a rule del priority 100; ip -n a rule add priority 100 not fwmark 0x1/0xf lookup 7',
        ...ASK,
        answered: true,
      },
      {
        claim: 'iif lo is what the namespace sends itself',
        change: 'ip -n a rule del priority 100; ip -n a rule add priority 100 iif lo lookup 7',
        ...ASK,
        answered: true,
      },
      {
        claim: 'ipproto',
        change: 'ip -n a rule del priority 100; ip -n a rule add priority 100 ipproto tcp lookup 7',
        ...ASK,
        answered: false,
      },
      {
        claim: 'a rule that prohibits',
        change:
          'ip -n a rule del priority 100; ip -n a route replace default via 10.0.1.2; ip -n a rule add priority 100 to 10.0.9.0/24 prohibit',
        ...ASK,
        answered: false,
      },
      { claim: 'goto passes over it', change: 'ip -n a rule add priority 50 goto 32766', ...ASK, answered: true },
    ],
  );
});

liveTest('suppress_prefixlength leaves out routes that are no longer than that', async () => {
  await judge(
    `${TWO_WAYS}
    ip -n a route add default via 10.0.2.2
    ip -n a route add default via 10.0.1.2 table 7
    ip -n a rule add priority 200 lookup 7`,
    [
      { claim: 'table 7 first', ...ASK, answered: true },
      {
        claim: 'main without its default is not enough',
        change: 'ip -n a rule add priority 100 lookup main suppress_prefixlength 0',
        ...ASK,
        answered: true,
      },
      {
        claim: 'a longer route of main is',
        change: 'ip -n a route add 10.0.9.0/24 via 10.0.2.2',
        ...ASK,
        answered: false,
      },
    ],
  );
});

liveTest('a device that goes down loses its routes; up again it has the connected ones alone', async () => {
  for (const { ask, near, net, via } of [
    { ask: ASK, near: '10.0.1.2', net: '10.0.9.0/24', via: '10.0.1.2' },
    { ask: ASK6, near: 'fd01::2', net: 'fd09::/64', via: 'fd01::2' },
  ]) {
    await judge(
      `${TWO_WAYS}
      sysctl_ a net.ipv6.conf.va.keep_addr_on_down=1
      ip -n a route add ${net} via ${via}`,
      [
        { claim: 'static route', ...ask, answered: true },
        { claim: 'down', change: 'ip -n a link set dev va down', ...ask, answered: false },
        { claim: 'up again: the neighbour', change: 'ip -n a link set dev va up', from: 'a', to: near, answered: true },
        { claim: 'up again: the static route is lost', ...ask, answered: false },
      ],
    );
  }
});

liveTest('a device without carrier keeps its routes, unless ignore_routes_with_linkdown', async () => {
  const ask = { from: 'a', to: '10.0.9.1' };
  await judge(
    `${TWO_WAYS}
    address c vc 10.0.9.1/32
    ip -n c route add default via 10.0.2.1
    ip -n a route add 10.0.9.1 via 10.0.1.2 metric 10
    ip -n a route add 10.0.9.1 via 10.0.2.2 metric 20`,
    [
      { claim: 'both ways work', ...ask, answered: true },
      { claim: 'no carrier on the better one', change: 'ip -n b link set dev vb down', ...ask, answered: false },
      { claim: 'ignored', change: 'sysctl_ a net.ipv4.conf.va.ignore_routes_with_linkdown=1', ...ask, answered: true },
      {
        claim: 'ignored by all',
        change:
          'sysctl_ a net.ipv4.conf.va.ignore_routes_with_linkdown=0 net.ipv4.conf.all.ignore_routes_with_linkdown=1',
        ...ask,
        answered: true,
      },
    ],
  );
});

liveTest('a namespace reaches its own addresses by lo, which has to be up', async () => {
  await judge(`${TWO_WAYS}`, [
    { claim: 'up', from: 'a', to: '10.0.1.1', answered: true },
    { claim: 'down', change: 'ip -n a link set dev lo down', from: 'a', to: '10.0.1.1', answered: false },
    { claim: 'down, IPv6', from: 'a', to: 'fd01::1', answered: false },
    { claim: 'down, asked by others', from: 'b', to: '10.0.1.1', answered: true },
    {
      claim: 'up, device of the address down',
      change: 'ip -n a link set dev lo up; ip -n a link set dev vz down',
      from: 'a',
      to: '10.0.2.1',
      answered: true,
    },
    { claim: 'the same for IPv6', from: 'a', to: 'fd02::1', answered: false },
  ]);
});

liveTest(
  'a prefix on lo is local as a whole, except where main knows better, until somebody touches the rules',
  async () => {
    const network = `${TWO_WAYS}
    ip -n a route add default via 10.0.1.2
    address a lo 10.0.8.1/23
    ip -n a route add 10.0.9.0/24 via 10.0.1.2`;
    await judge(network, [
      { claim: 'local as a whole', from: 'a', to: '10.0.8.99', answered: true },
      { claim: 'local and main are one table: the longer prefix wins', ...ASK, answered: true },
      {
        claim: 'a rule of our own takes them apart: local is asked first',
        change: 'ip -n b addr del 10.0.9.1/32 dev vb; ip -n a rule add priority 100 lookup 7',
        ...ASK,
        answered: true,
      },
      { claim: 'and answers for what b has no longer', from: 'a', to: '10.0.9.77', answered: true },
    ]);
  },
);

liveTest('a gateway that is our own address means that the destination is on the link', async () => {
  await judge(TWO_WAYS, [
    {
      claim: 'own address as gateway',
      change: 'ip -n a route add 10.0.9.0/24 via 10.0.1.1',
      ...ASK,
      answered: true,
    },
    { claim: 'nobody there', from: 'a', to: '10.0.9.2', answered: false },
  ]);
});
