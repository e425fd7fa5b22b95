/** ICMP errors as the wire shows them and as ping prints them: the same words. */

import { expect } from 'vitest';
import { readPingLine } from '../../src/probe/ping-output.ts';
import { probeIn, ROUTER_WORLD, trail } from '../helpers/probing.ts';
import { inWorld, liveTest, type World } from '../helpers/world.ts';

/** What ping prints, asked once for each destination. */
async function pingErrors(world: World, destination: string): Promise<readonly string[]> {
  const ping = ['ip', 'netns', 'exec', 'ns1', 'ping', '-n', '-c', '1', '-W', '1', destination] as const;
  const { stdout, stderr } = await world.run(ping);
  return `${stdout}\n${stderr}`.split('\n').flatMap((text) => {
    const line = readPingLine(text);
    return line.kind === 'error' ? [line.error.text] : [];
  });
}

/** Roads to nowhere in ns2, and a loop between ns2 and ns3. */
const NOWHERE = `
  ip -n ns2 route add unreachable 10.8.0.1; ip -n ns2 route add unreachable fd08::1
  ip -n ns2 route add prohibit 10.8.0.2;    ip -n ns2 route add prohibit fd08::2
  ip -n ns2 route add 10.8.0.3 via 10.0.2.2; ip -n ns2 route add fd08::3 via fd00:2::2
  ip netns exec ns3 sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
  for n in ns2 ns3; do
    ip netns exec $n sysctl -qw net.ipv4.conf.all.send_redirects=0 net.ipv4.icmp_ratelimit=0 net.ipv6.icmp.ratelimit=0
  done
  ip netns exec ns3 sysctl -qw net.ipv4.conf.v4.send_redirects=0
`;

// Each in a world of its own: ip_error() has five errors for each asker, and then one a second.
liveTest.for([
  ['10.9.9.9', '10.0.1.1', 'Destination Net Unreachable'],
  ['10.8.0.1', '10.0.1.1', 'Destination Host Unreachable'],
  ['10.8.0.2', '10.0.1.1', 'Packet filtered'],
  ['10.8.0.3', '10.0.2.2', 'Time to live exceeded'],
  ['fd09::9', 'fd00:1::1', 'Destination unreachable: No route'],
  ['fd08::1', 'fd00:1::1', 'Destination unreachable: No route'],
  ['fd08::2', 'fd00:1::1', 'Destination unreachable: Administratively prohibited'],
  ['fd08::3', 'fd00:2::2', 'Time exceeded: Hop limit'],
] as const)(
  'probe() of %s ends with the first ICMP error, in the words of ping: from %s, %s',
  async ([destination, from, text]) => {
    await inWorld(async (world) => {
      await world.sh(`${ROUTER_WORLD} ${NOWHERE}`);
      const observation = await probeIn(world, { destination });
      expect(observation).toMatchObject({ sent: 1, received: 0, refused: false, errors: [{ from, text }] });
      expect(await pingErrors(world, destination)).toEqual([text]);
    });
  },
);

liveTest('probe() tells of an ICMP error that never reaches the sender', async () => {
  await inWorld(async (world) => {
    await world.sh(`${ROUTER_WORLD}
      ip -n ns2 route add 10.8.0.1 via 10.0.2.2
      ip netns exec ns3 sysctl -qw net.ipv4.ip_forward=1; ip -n ns3 route add unreachable 10.8.0.1
      ip netns exec ns2 nft 'add table ip t; add chain ip t f { type filter hook forward priority 0; }'
      ip netns exec ns2 nft add rule ip t f icmp type destination-unreachable drop
    `);
    const observation = await probeIn(world, { destination: '10.8.0.1' });
    expect(observation).toMatchObject({ sent: 2, received: 0 });
    expect(observation.errors).toEqual([{ from: '10.0.2.2', text: 'Destination Host Unreachable' }]);
    expect(trail(observation, 'error')).toEqual(['ns3 v4 out', 'ns2 v3 in']);
  });
});

liveTest('probe() takes a redirect for no error, and waits for the answer', async () => {
  await inWorld(async (world) => {
    // ns1 goes by way of ns2 to ns4, which is on its own link.
    await world.sh(`${ROUTER_WORLD}
      ip netns add ns4
      ip -n ns2 link add dev v5 type veth peer name v6 netns ns4
      ip -n ns2 link add dev br0 type bridge
      ip netns exec ns2 sysctl -qw net.ipv4.conf.all.send_redirects=1 net.ipv4.conf.br0.send_redirects=1
      ip -n ns2 addr del 10.0.1.1/24 dev v2
      ip -n ns2 addr add 10.0.1.1/24 dev br0
      for port in v2 v5; do ip -n ns2 link set dev $port master br0; ip -n ns2 link set dev $port up; done
      ip -n ns2 link set dev br0 up
      ip -n ns4 addr add 10.0.1.3/24 dev v6; ip -n ns4 link set dev v6 up
      ip -n ns1 route add 10.0.1.3 via 10.0.1.1
    `);
    const observation = await probeIn(world, { destination: '10.0.1.3' });
    expect(observation).toMatchObject({ sent: 1, received: 1, errors: [], notes: [] });
    const redirects = observation.sightings.filter(({ what, netns }) => what === 'error' && netns === 'ns1');
    expect(redirects.map(({ text }) => text)).toEqual([
      'ICMP Redirect Host(New nexthop: 10.0.1.3) 10.0.1.1 > 10.0.1.2',
    ]);
  });
});

liveTest('probe() says what ping is told by the own kernel', async () => {
  await inWorld(async (world) => {
    await world.sh(`${ROUTER_WORLD} ip -n ns1 route del default via 10.0.1.1; ip -n ns1 route add prohibit 10.8.0.1`);
    const errorOf = async (destination: string, from?: string) => {
      const observation = await probeIn(world, { destination, ...(from === undefined ? {} : { from }) });
      expect(observation).toMatchObject({ sent: 1, received: 0, sightings: [], notes: [] });
      return observation.errors;
    };
    expect(await errorOf('10.0.2.2')).toEqual([{ from: undefined, text: 'Network is unreachable' }]);
    expect(await errorOf('10.8.0.1')).toEqual([{ from: undefined, text: 'Permission denied' }]);
    expect(await errorOf('10.0.1.1', '10.77.7.7')).toEqual([
      { from: undefined, text: 'Cannot assign requested address' },
    ]);
  });
});
