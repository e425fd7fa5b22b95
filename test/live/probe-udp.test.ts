/** UDP probes: answered, ignored, refused, translated, and through a tunnel. */

import { expect } from 'vitest';
import { probeIn, ROUND_TRIP, ROUTER_WORLD, trail } from '../helpers/probing.ts';
import { inWorld, liveTest, type World } from '../helpers/world.ts';

const UDP = { destination: '10.0.2.2', proto: 'udp', port: 5353 } as const;
const REQUEST = ROUND_TRIP.slice(0, 4);

/** A service in ns3. @param answer What it does with a datagram `m` from `r`; `this` is its socket. */
async function serve(world: World, answer: string, port = 5353, type = 'udp4'): Promise<void> {
  const program = `dgram.createSocket('${type}').on('message', function (m, r) { ${answer} })
    .bind(${port}, () => console.log('listens'))`;
  await world.start(['ip', 'netns', 'exec', 'ns3', process.execPath, '-e', program]).said(/listens/);
}

const ECHO = 'this.send(m, r.port, r.address)';

liveTest('probe() sends a datagram and follows it and its answer, echoed or not', async () => {
  await inWorld(async (world) => {
    await world.sh(ROUTER_WORLD);
    await serve(world, ECHO, 5353, 'udp6');
    await serve(world, `this.send('something else', r.port, r.address)`, 5354, 'udp6');
    for (const [destination, port] of [
      ['10.0.2.2', 5353],
      ['fd00:2::2', 5353],
      ['10.0.2.2', 5354],
      ['fd00:2::2', 5354],
    ] as const) {
      const observation = await probeIn(world, { ...UDP, destination, port });
      expect(observation).toMatchObject({ sent: 1, received: 1, refused: false, errors: [], notes: [] });
      expect(trail(observation)).toEqual(ROUND_TRIP);
    }
  });
});

liveTest('why() says of an answer from another address of the service whose it is', async () => {
  await inWorld(async (world) => {
    await world.sh(`${ROUTER_WORLD}
      ip -n ns3 addr add 10.0.2.3/24 dev v4`);
    const program = `const other = dgram.createSocket('udp4').bind(5353, '10.0.2.3', () => dgram.createSocket('udp4')
      .on('message', (m, r) => other.send(m, r.port, r.address)).bind(5353, '10.0.2.2', () => console.log('listens')))`;
    await world.start(['ip', 'netns', 'exec', 'ns3', process.execPath, '-e', program]).said(/listens/);
    const { stdout } = await world.nsdiag(['why', 'ns1', '10.0.2.2', '--proto', 'udp', '--port', '5353', '--json']);
    const { verdict, causes } = JSON.parse(stdout);
    expect(verdict).toBe('unreachable');
    expect(causes).toMatchObject([{ code: 'wrong-source', netns: 'ns3', leg: 'reply', fix: [] }]);
    expect(causes[0].what).toBe(
      'ns1 asked 10.0.2.2 and is answered by 10.0.2.3: what listens in ns3 answers from that address',
    );
  });
});

liveTest('probe() sees a datagram arrive that a service keeps silent about', async () => {
  await inWorld(async (world) => {
    await world.sh(ROUTER_WORLD);
    await serve(world, '');
    const observation = await probeIn(world, UDP);
    expect(observation).toMatchObject({ sent: 2, received: 0, refused: false, errors: [] });
    expect(trail(observation)).toEqual(REQUEST);
    expect(trail(observation, 'packet', 2)).toEqual(REQUEST);
  });
});

liveTest('probe() is refused by the ICMP error of a closed port, and ends with it', async () => {
  await inWorld(async (world) => {
    await world.sh(ROUTER_WORLD);
    const v4 = await probeIn(world, UDP);
    expect(v4).toMatchObject({ sent: 1, received: 0, refused: true });
    expect(v4.errors).toEqual([{ from: '10.0.2.2', text: 'Destination Port Unreachable' }]);
    expect(trail(v4, 'error')).toEqual(['ns3 v4 out', 'ns2 v3 in', 'ns2 v2 out', 'ns1 v1 in']);
    const v6 = await probeIn(world, { ...UDP, destination: 'fd00:2::2' });
    expect(v6).toMatchObject({ sent: 1, refused: true });
    expect(v6.errors).toEqual([{ from: 'fd00:2::2', text: 'Destination unreachable: Port unreachable' }]);
  });
});

liveTest('probe() ends with an ICMP error that the kernel keeps from UDP sockets', async () => {
  await inWorld(async (world) => {
    await world.sh(ROUTER_WORLD);
    const observation = await probeIn(world, { ...UDP, destination: '10.0.9.9' });
    expect(observation).toMatchObject({ sent: 1, received: 0, refused: false });
    expect(observation.errors).toEqual([{ from: '10.0.1.1', text: 'Destination Net Unreachable' }]);
  });
});

liveTest('probe() follows a datagram and a different answer through both kinds of translation', async () => {
  await inWorld(async (world) => {
    await world.sh(ROUTER_WORLD);
    await serve(world, `this.send('something else', r.port, r.address)`, 53);
    await world.sh(`
      ip -n ns3 route del default via 10.0.2.1
      ip netns exec ns2 iptables -t nat -A PREROUTING -p udp --dport 5353 -j DNAT --to 10.0.2.2:53
      ip netns exec ns2 iptables -t nat -A POSTROUTING -p udp -o v3 -j MASQUERADE
    `);
    const observation = await probeIn(world, { ...UDP, destination: '10.0.1.1' });
    expect(observation).toMatchObject({ sent: 1, received: 1 });
    expect(trail(observation)).toEqual(ROUND_TRIP);
  });
});

liveTest('probe() says what the own firewall refuses', async () => {
  await inWorld(async (world) => {
    await world.sh(ROUTER_WORLD);
    await world.sh(
      'ip netns exec ns1 nft "add table ip t; add chain ip t o { type filter hook output priority 0; policy drop; }"',
    );
    const observation = await probeIn(world, UDP);
    expect(observation).toMatchObject({ sent: 1, received: 0, refused: false });
    expect(observation.errors).toEqual([{ from: undefined, text: 'Operation not permitted' }]);
  });
});

/** The same two ends, joined by VXLAN 42 across the router; the inner net is 10.42.0.0/24, fd42::/64. */
const TUNNEL = `
  tunnel() { # NAME LOCAL REMOTE INNER INNER6
    ip -n $1 link add dev vx type vxlan id 42 local $2 remote $3 dstport 4789 \${6-}
    ip -n $1 addr add $4 dev vx; ip -n $1 addr add $5 dev vx nodad; ip -n $1 link set dev vx up
  }
`;

liveTest('probe() sees its packet inside the tunnel, and the tunnel on the way', async () => {
  await inWorld(async (world) => {
    await world.sh(`${ROUTER_WORLD} ${TUNNEL}
      tunnel ns1 10.0.1.2 10.0.2.2 10.42.0.1/24 fd42::1/64
      tunnel ns3 10.0.2.2 10.0.1.2 10.42.0.2/24 fd42::2/64
    `);
    const through = [
      'ns1 vx out',
      'ns1 v1 out',
      'ns2 v2 in',
      'ns2 v3 out',
      'ns3 v4 in',
      'ns3 vx in',
      'ns3 vx out <',
      'ns3 v4 out <',
      'ns2 v3 in <',
      'ns2 v2 out <',
      'ns1 v1 in <',
      'ns1 vx in <',
    ];
    await serve(world, ECHO, 5353, 'udp6');
    for (const destination of ['10.42.0.2', 'fd42::2']) {
      for (const proto of ['icmp', 'udp', 'tcp'] as const) {
        const port = proto === 'icmp' ? {} : { port: 5353 };
        const observation = await probeIn(world, { destination, proto, ...port });
        expect(observation).toMatchObject(proto === 'tcp' ? { refused: true } : { received: 1 });
        expect(trail(observation)).toEqual(through);
        const outer = observation.sightings.find(({ what, netns }) => what === 'packet' && netns === 'ns2');
        expect(outer).toMatchObject({ source: '10.0.1.2', destination: '10.0.2.2' });
        expect(outer?.text).toMatch(/^VXLAN 42: /);
      }
    }
  });
});

liveTest('probe() sees inside a tunnel whose outside is IPv6', async () => {
  await inWorld(async (world) => {
    await world.sh(`${ROUTER_WORLD} ${TUNNEL}
      tunnel ns1 fd00:1::2 fd00:2::2 10.42.0.1/24 fd42::1/64 udp6zerocsumrx
      tunnel ns3 fd00:2::2 fd00:1::2 10.42.0.2/24 fd42::2/64 udp6zerocsumrx
    `);
    for (const destination of ['10.42.0.2', 'fd42::2']) {
      const observation = await probeIn(world, { destination });
      expect(observation.received).toBeGreaterThan(0);
      expect(trail(observation)).toHaveLength(12);
    }
  });
});
