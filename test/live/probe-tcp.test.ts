/** TCP probes: a connection that stands, is refused, rejected, dropped or translated. */

import { expect } from 'vitest';
import { probeIn, ROUND_TRIP, ROUTER_WORLD, trail } from '../helpers/probing.ts';
import { inWorld, liveTest, type World } from '../helpers/world.ts';

const TCP = { destination: '10.0.2.2', proto: 'tcp', port: 8080 } as const;

/** A service in ns3 that says so when it listens. */
async function listen(world: World, port: number, address: string): Promise<void> {
  const program = `net.createServer(c => c.on('error', () => {}).end('hello')).listen(${port}, '${address}', () => console.log('listens'))`;
  await world.start(['ip', 'netns', 'exec', 'ns3', process.execPath, '-e', program]).said(/listens/);
}

liveTest('probe() opens a TCP connection and sees SYN and SYN-ACK everywhere', async () => {
  await inWorld(async (world) => {
    await world.sh(ROUTER_WORLD);
    await listen(world, 8080, '::');
    for (const destination of ['10.0.2.2', 'fd00:2::2']) {
      const observation = await probeIn(world, { ...TCP, destination });
      expect(observation).toMatchObject({ sent: 1, received: 1, refused: false, errors: [], notes: [] });
      expect(trail(observation)).toEqual(ROUND_TRIP);
      const texts = observation.sightings.filter(({ what }) => what === 'packet').map(({ text }) => text);
      expect(texts[0]).toMatch(/^TCP SYN .* > .*:8080$/);
      expect(texts[7]).toMatch(/^TCP SYN-ACK .*:8080 > .*$/);
    }
  });
});

liveTest('probe() is refused where nothing listens, and says by whom', async () => {
  await inWorld(async (world) => {
    await world.sh(ROUTER_WORLD);
    for (const destination of ['10.0.2.2', 'fd00:2::2']) {
      const observation = await probeIn(world, { ...TCP, destination });
      expect(observation).toMatchObject({ sent: 1, received: 0, refused: true });
      expect(observation.errors).toEqual([{ from: destination, text: 'Connection refused' }]);
      expect(trail(observation)).toEqual(ROUND_TRIP);
    }
    const own = await probeIn(world, { ...TCP, destination: '127.0.0.1' });
    expect(own).toMatchObject({ sent: 1, refused: true, errors: [{ from: '127.0.0.1' }] });
    expect(trail(own)).toEqual(['ns1 lo out', 'ns1 lo in', 'ns1 lo out <', 'ns1 lo in <']);
  });
});

liveTest('probe() tells a firewall that rejects from one that drops', async () => {
  await inWorld(async (world) => {
    await world.sh(ROUTER_WORLD);
    const forward = (verdict: string) =>
      world.sh(`
        ip netns exec ns2 nft flush ruleset
        ip netns exec ns2 nft 'add table ip t; add chain ip t f { type filter hook forward priority 0; }'
        ip netns exec ns2 nft add rule ip t f tcp dport 8080 ${verdict}
      `);

    await forward('reject with icmp type admin-prohibited');
    const rejected = await probeIn(world, TCP);
    expect(rejected).toMatchObject({ sent: 1, received: 0, refused: false });
    expect(rejected.errors).toEqual([{ from: '10.0.1.1', text: 'Packet filtered' }]);
    expect(trail(rejected)).toEqual(['ns1 v1 out', 'ns2 v2 in']);
    expect(trail(rejected, 'error')).toEqual(['ns2 v2 out', 'ns1 v1 in']);

    await forward('reject with tcp reset');
    const reset = await probeIn(world, TCP);
    expect(reset).toMatchObject({ refused: true, errors: [{ from: '10.0.2.2', text: 'Connection refused' }] });
    // The reset bears the destination's address; that it starts in ns2 is what gives it away.
    expect(trail(reset)).toEqual(['ns1 v1 out', 'ns2 v2 in', 'ns2 v2 out <', 'ns1 v1 in <']);

    await forward('drop');
    const dropped = await probeIn(world, TCP);
    expect(dropped).toMatchObject({ sent: 2, received: 0, refused: false, errors: [] });
    // After a second the kernel may have sent the first SYN once more.
    expect([...new Set(trail(dropped))]).toEqual(['ns1 v1 out', 'ns2 v2 in']);
    expect(trail(dropped, 'packet', 2)).toEqual(['ns1 v1 out', 'ns2 v2 in']);
  });
});

liveTest('probe() follows a connection through both kinds of translation', async () => {
  await inWorld(async (world) => {
    await world.sh(ROUTER_WORLD);
    await listen(world, 80, '0.0.0.0');
    await world.sh(`
      ip -n ns3 route del default via 10.0.2.1
      ip netns exec ns2 iptables -t nat -A PREROUTING -p tcp --dport 8080 -j DNAT --to 10.0.2.2:80
      ip netns exec ns2 iptables -t nat -A POSTROUTING -p tcp -o v3 -j MASQUERADE --random
    `);
    const observation = await probeIn(world, { ...TCP, destination: '10.0.1.1' });
    expect(observation).toMatchObject({ sent: 1, received: 1 });
    expect(trail(observation)).toEqual(ROUND_TRIP);
    const texts = observation.sightings.filter(({ what }) => what === 'packet').map(({ text }) => text);
    expect(texts[3]).toMatch(/^TCP SYN 10\.0\.2\.1:\d+ > 10\.0\.2\.2:80$/);
  });
});

liveTest('probe() says what the own kernel refuses', async () => {
  await inWorld(async (world) => {
    await world.sh(ROUTER_WORLD);
    await world.sh('ip -n ns1 route add prohibit 10.0.3.1; ip -n ns1 route del default via 10.0.1.1');
    const unreachable = await probeIn(world, TCP);
    expect(unreachable).toMatchObject({ sent: 1, received: 0, refused: false, sightings: [] });
    expect(unreachable.errors).toEqual([{ from: undefined, text: 'Network is unreachable' }]);
    const prohibited = await probeIn(world, { ...TCP, destination: '10.0.3.1' });
    expect(prohibited.errors).toEqual([{ from: undefined, text: 'Permission denied' }]);
    const foreign = await probeIn(world, { ...TCP, destination: '10.0.1.1', from: '10.77.77.77' });
    expect(foreign.errors).toEqual([{ from: undefined, text: 'Cannot assign requested address' }]);
  });
});

liveTest('two TCP probes at once to the same service do not see each other', async () => {
  await inWorld(async (world) => {
    await world.sh(ROUTER_WORLD);
    await listen(world, 8080, '0.0.0.0');
    for (const observation of await Promise.all([probeIn(world, TCP), probeIn(world, TCP), probeIn(world, TCP)])) {
      expect(observation).toMatchObject({ sent: 1, received: 1 });
      expect(trail(observation)).toEqual(ROUND_TRIP);
    }
  });
});
