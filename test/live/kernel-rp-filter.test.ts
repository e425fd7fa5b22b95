/** Source validation: which source passes on which device, in which mode. */

import { expect } from 'vitest';
import { judge, WORDS } from '../helpers/judge.ts';
import { inWorld, liveTest, until } from '../helpers/world.ts';

/** a is wired to r by two devices; what it sends from 10.9.9.9 goes out by the first. */
const TWO_WIRES = `
  namespaces a r
  wire a va r ra
  wire a vz r rz
  sysctl_ a net.ipv4.conf.all.arp_announce=2
  address a va 10.0.1.1/24 10.9.9.9/32
  address a vz 10.0.2.1/24
  address r ra 10.0.1.254/24
  address r rz 10.0.2.254/24
`;

const ASK = { from: 'a', to: '10.0.1.254', source: '10.9.9.9' };

liveTest(
  'rp_filter 1 wants the way back by the ingress device, 2 by any, and the larger of all and device counts',
  async () => {
    await judge(TWO_WIRES, [
      {
        claim: 'off, way back by the other device',
        change: 'ip -n r route add 10.9.9.9 via 10.0.2.1 dev rz',
        ...ASK,
        answered: true,
      },
      { claim: 'device 1', change: 'sysctl_ r net.ipv4.conf.ra.rp_filter=1', ...ASK, answered: false },
      { claim: 'device 2', change: 'sysctl_ r net.ipv4.conf.ra.rp_filter=2', ...ASK, answered: true },
      {
        claim: 'device 0, all 1',
        change: 'sysctl_ r net.ipv4.conf.ra.rp_filter=0 net.ipv4.conf.all.rp_filter=1',
        ...ASK,
        answered: false,
      },
      { claim: 'device 2, all 1', change: 'sysctl_ r net.ipv4.conf.ra.rp_filter=2', ...ASK, answered: true },
      {
        claim: 'device 1, all 2',
        change: 'sysctl_ r net.ipv4.conf.ra.rp_filter=1 net.ipv4.conf.all.rp_filter=2',
        ...ASK,
        answered: true,
      },
      {
        claim: 'strict, and one of two next hops leads back by the ingress device',
        change: `
        sysctl_ r net.ipv4.conf.all.rp_filter=1
        ip -n r route replace 10.9.9.9 nexthop via 10.0.1.1 dev ra nexthop via 10.0.2.1 dev rz`,
        ...ASK,
        answered: true,
      },
    ]);
  },
);

liveTest('loose mode is strict on a device without an IPv4 address', async () => {
  const change = `
    ip -n r route add 10.9.9.9 via 10.0.2.1 dev rz
    ip -n r addr del 10.0.1.254/24 dev ra
    ip -n r route add 10.0.1.1 dev rz
    address r rz 10.0.5.1/32
    ip -n a route add 10.0.5.1 dev va
    sysctl_ r net.ipv4.conf.ra.rp_filter=2`;
  const ask = { ...ASK, to: '10.0.5.1' };
  await judge(TWO_WIRES, [
    { claim: 'no address', change, ...ask, answered: false },
    { claim: 'an address', change: 'address r ra 10.0.77.1/32', ...ask, answered: true },
  ]);
});

liveTest('a source that is our own address is refused without rp_filter too, unless accept_local', async () => {
  await inWorld(async (world) => {
    // The answer would go to r itself either way: what counts is whether the request is taken.
    const echoes = async (): Promise<number> => {
      await world.run(['ip', 'netns', 'exec', 'a', 'ping', '-n', '-c1', '-W0.2', '-I', '10.9.9.9', '10.0.1.254']);
      const counters = await world.sh('ip netns exec r cat /proc/net/snmp');
      const [names = '', values = ''] = counters.split('\n').filter((line) => line.startsWith('Icmp:'));
      return Number(values.split(' ')[names.split(' ').indexOf('InEchos')]);
    };
    await world.sh(`${WORDS}${TWO_WIRES}`);
    await world.sh(`${WORDS}\n address r rz 10.9.9.9/32`);
    expect(await echoes()).toBe(0);
    await world.sh('ip netns exec r sysctl -qw net.ipv4.conf.ra.accept_local=1');
    expect(await echoes()).toBe(1);
  });
});

liveTest('the way back is looked up by the policy rules, with the addresses swapped', async () => {
  await judge(TWO_WIRES, [
    {
      claim: 'strict, main leads back by the other device',
      change: 'ip -n r route add 10.9.9.9 via 10.0.2.1 dev rz; sysctl_ r net.ipv4.conf.ra.rp_filter=1',
      ...ASK,
      answered: false,
    },
    {
      claim: 'strict, a rule for answers leads back by the ingress device',
      change: `
        ip -n r route add 10.9.9.9 via 10.0.1.1 dev ra table 7
        ip -n r rule add priority 100 from 10.0.1.254 to 10.9.9.9 lookup 7`,
      ...ASK,
      answered: true,
    },
  ]);
});

liveTest('the way back of a marked packet is looked up with its mark only where src_valid_mark says so', async () => {
  await judge(TWO_WIRES, [
    {
      claim: 'strict, main leads back by the other device, the mark by the ingress device',
      change: `
        ip -n r route add 10.9.9.9 via 10.0.2.1 dev rz
        ip -n r route add 10.9.9.9 via 10.0.1.1 dev ra table 7
        ip -n r rule add priority 100 fwmark 1 lookup 7
        ip netns exec r iptables -t mangle -A PREROUTING -i ra -j MARK --set-mark 1
        sysctl_ r net.ipv4.conf.ra.rp_filter=1`,
      ...ASK,
      answered: false,
    },
    {
      claim: 'with src_valid_mark of the device',
      change: 'sysctl_ r net.ipv4.conf.ra.src_valid_mark=1',
      ...ASK,
      answered: true,
    },
    {
      claim: 'with that of all',
      change: 'sysctl_ r net.ipv4.conf.ra.src_valid_mark=0 net.ipv4.conf.all.src_valid_mark=1',
      ...ASK,
      answered: true,
    },
  ]);
});

liveTest('a policy rule that refuses the way back keeps ARP unanswered only where sources are validated', async () => {
  await inWorld(async (world) => {
    const isAnswered = async (): Promise<boolean> => {
      await world.sh('ip -n a neigh flush all');
      await world.run(['ip', 'netns', 'exec', 'a', 'ping', '-n', '-c1', '-W0.2', '10.0.1.254']);
      return (await world.sh('ip -n a neigh show 10.0.1.254')).includes('lladdr');
    };
    await world.sh(`${WORDS}${TWO_WIRES}`);
    await world.sh('ip -n r rule add to 10.0.1.1 blackhole; ip netns exec r sysctl -qw net.ipv4.conf.all.rp_filter=0');
    await until(isAnswered, 'ARP to be answered, whatever becomes of the echo');
    await world.sh('ip netns exec r sysctl -qw net.ipv4.conf.ra.rp_filter=2');
    expect(await isAnswered()).toBe(false);
    await world.sh('ip -n r rule del to 10.0.1.1 blackhole');
    await until(isAnswered, 'ARP to be answered again');
  });
});
