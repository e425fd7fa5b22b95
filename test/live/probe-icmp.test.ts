/** ICMP probes through a real router: what is seen where, and what is not counted. */

import { expect } from 'vitest';
import { hostOfWorld } from '../helpers/live-host.ts';
import { probeIn, ROUND_TRIP, ROUTER_WORLD, trail } from '../helpers/probing.ts';
import { inWorld, liveTest } from '../helpers/world.ts';

liveTest('probe() sees a healthy ping on every device, in order, and ends with the answer', async () => {
  await inWorld(async (world) => {
    await world.sh(ROUTER_WORLD);
    const observation = await probeIn(world, { destination: '10.0.2.2' });
    expect(observation).toMatchObject({ sent: 1, received: 1, refused: false, errors: [], captureDrops: 0, notes: [] });
    expect(observation.watched).toEqual(['ns1', 'ns2', 'ns3']);
    expect(trail(observation)).toEqual(ROUND_TRIP);
    const stamps = observation.sightings.map(({ timestampNs }) => timestampNs);
    expect(stamps).toEqual(stamps.toSorted((a, b) => Number(a - b)));
    // The first packet had to ask for its next hops: twice, and nothing needed asking on the way back.
    expect(observation.sightings.filter(({ what }) => what === 'resolution').map(({ text }) => text)).toEqual([
      'ARP who-has 10.0.1.1 tell 10.0.1.2',
      'ARP who-has 10.0.1.1 tell 10.0.1.2',
      'ARP who-has 10.0.2.2 tell 10.0.2.1',
      'ARP who-has 10.0.2.2 tell 10.0.2.1',
    ]);
  });
});

liveTest('probe() sees a healthy IPv6 ping on every device', async () => {
  await inWorld(async (world) => {
    await world.sh(ROUTER_WORLD);
    const observation = await probeIn(world, { destination: 'fd00:2::2' });
    expect(observation).toMatchObject({ sent: 1, received: 1, notes: [] });
    expect(trail(observation)).toEqual(ROUND_TRIP);
    expect(observation.sightings[0]).toMatchObject({ what: 'resolution', text: 'ND who-has fd00:1::1 tell fd00:1::2' });
  });
});

liveTest('probe() loses sight of the request where it dies, and of the reply where that dies', async () => {
  await inWorld(async (world) => {
    await world.sh(ROUTER_WORLD);
    await world.sh(
      'ip netns exec ns2 nft "add table ip t; add chain ip t f { type filter hook forward priority 0; policy drop; }"',
    );
    const forward = await probeIn(world, { destination: '10.0.2.2' });
    expect(forward).toMatchObject({ sent: 2, received: 0, errors: [] });
    expect(trail(forward)).toEqual(['ns1 v1 out', 'ns2 v2 in']);
    expect(trail(forward, 'packet', 2)).toEqual(['ns1 v1 out', 'ns2 v2 in']);

    await world.sh('ip netns exec ns2 nft flush ruleset; ip -n ns3 route del default via 10.0.2.1');
    const noWayBack = await probeIn(world, { destination: '10.0.2.2' });
    expect(noWayBack).toMatchObject({ sent: 2, received: 0, errors: [] });
    expect(trail(noWayBack)).toEqual(['ns1 v1 out', 'ns2 v2 in', 'ns2 v3 out', 'ns3 v4 in']);

    await world.sh(`
      ip -n ns3 route add default via 10.0.2.1
      ip netns exec ns1 nft "add table ip t; add chain ip t i { type filter hook input priority 0; policy drop; }"
    `);
    const atHome = await probeIn(world, { destination: '10.0.2.2' });
    expect(atHome.received).toBe(0);
    expect(trail(atHome)).toEqual(ROUND_TRIP);
  });
});

liveTest('probe() sees the ARP request that nobody answers, and no packet behind it', async () => {
  await inWorld(async (world) => {
    await world.sh(ROUTER_WORLD);
    const observation = await probeIn(world, { destination: '10.0.2.77' });
    expect(observation).toMatchObject({ sent: 2, received: 0 });
    expect(trail(observation)).toEqual(['ns1 v1 out', 'ns2 v2 in']);
    const asked = observation.sightings.filter(({ text }) => text === 'ARP who-has 10.0.2.77 tell 10.0.2.1');
    expect(
      asked.map(({ netns, device, direction, leg }) => `${netns} ${device} ${direction} ${leg}`).slice(0, 2),
    ).toEqual(['ns2 v3 out request', 'ns3 v4 in request']);
  });
});

liveTest('probe() recognises its packets behind a masquerade', async () => {
  await inWorld(async (world) => {
    await world.sh(ROUTER_WORLD);
    await world.sh(
      'ip -n ns3 route del default via 10.0.2.1; ip netns exec ns2 iptables -t nat -A POSTROUTING -o v3 -j MASQUERADE',
    );
    const observation = await probeIn(world, { destination: '10.0.2.2' });
    expect(observation).toMatchObject({ sent: 1, received: 1 });
    expect(trail(observation)).toEqual(ROUND_TRIP);
    const ends = observation.sightings
      .filter(({ what }) => what === 'packet')
      .map((seen) => `${seen.source} ${seen.destination}`);
    expect(ends.slice(1, 7)).toEqual([
      '10.0.1.2 10.0.2.2',
      '10.0.2.1 10.0.2.2',
      '10.0.2.1 10.0.2.2',
      '10.0.2.2 10.0.2.1',
      '10.0.2.2 10.0.2.1',
      '10.0.2.2 10.0.1.2',
    ]);
  });
});

liveTest('probe() counts neither other pings nor those of another probe', async () => {
  await inWorld(async (world) => {
    await world.sh(ROUTER_WORLD);
    const other = world.start(['ip', 'netns', 'exec', 'ns1', 'ping', '-n', '-i', '0.002', '10.0.2.2']);
    await other.said(/bytes from/);
    const [one, two, back] = await Promise.all([
      probeIn(world, { destination: '10.0.2.2' }),
      probeIn(world, { destination: '10.0.2.2' }),
      probeIn(world, { netns: 'ns3', destination: '10.0.1.2' }),
    ]);
    await other.stop();
    for (const observation of [one, two]) {
      expect(observation).toMatchObject({ sent: 1, received: 1, notes: [] });
      expect(trail(observation)).toEqual(ROUND_TRIP);
    }
    expect(trail(back).slice(0, 4)).toEqual(['ns3 v4 out', 'ns2 v3 in', 'ns2 v2 out', 'ns1 v1 in']);
    expect(trail(back)).toHaveLength(8);
  });
});

liveTest('probe() recognises by its id a ping too small for a mark', async () => {
  await inWorld(async (world) => {
    await world.sh(ROUTER_WORLD);
    for (const payloadBytes of [0, 17, 31, 32]) {
      const observation = await probeIn(world, { destination: '10.0.2.2', payloadBytes });
      expect(trail(observation)).toEqual(ROUND_TRIP);
    }
  });
});

liveTest('probe() names devices whatever they are called', async () => {
  const names = ['-x', '$(x)', 'a@b', 'br', '😀', 'q\'"#\\', '\u001b[31m'];
  await inWorld(async (world) => {
    await world.sh(ROUTER_WORLD);
    for (const name of names) {
      const rename = ['ip', '-n', 'ns1', 'link', 'set', 'dev', 'v1'] as const;
      await world.run([...rename, 'down']);
      await world.run([...rename, 'name', name]);
      await world.run(['ip', '-n', 'ns1', 'link', 'set', 'dev', name, 'up']);
      await world.run(['ip', '-n', 'ns1', 'route', 'replace', 'default', 'via', '10.0.1.1']);
      const observation = await probeIn(world, { destination: '10.0.2.2' });
      const devices = observation.sightings.filter(({ netns }) => netns === 'ns1').map(({ device }) => device);
      expect(new Set(devices)).toEqual(new Set([name]));
      await world.run(['ip', '-n', 'ns1', 'link', 'set', 'dev', name, 'down']);
      await world.run(['ip', '-n', 'ns1', 'link', 'set', 'dev', name, 'name', 'v1']);
    }
  });
});

liveTest('probe() sees a packet that goes through lo both ways', async () => {
  await inWorld(async (world) => {
    await world.sh(ROUTER_WORLD);
    const observation = await probeIn(world, { destination: '10.0.1.2' });
    expect(trail(observation)).toEqual(['ns1 lo out', 'ns1 lo in', 'ns1 lo out <', 'ns1 lo in <']);
  });
});

liveTest('probe() sends from the address that is asked for', async () => {
  await inWorld(async (world) => {
    await world.sh(ROUTER_WORLD);
    await world.sh('ip -n ns1 addr add 10.9.9.9/32 dev lo; ip -n ns2 route add 10.9.9.9 via 10.0.1.2');
    const observation = await probeIn(world, { destination: '10.0.2.2', from: '10.9.9.9' });
    expect(observation).toMatchObject({ received: 1 });
    expect(observation.command.join(' ')).toContain(' -I 10.9.9.9 10.0.2.2');
    expect(trail(observation)).toEqual(ROUND_TRIP);
    expect(observation.sightings.find(({ what }) => what === 'packet')?.source).toBe('10.9.9.9');
  });
});

liveTest('probe() names a device that was made after the snapshot by its number', async () => {
  await inWorld(async (world) => {
    await world.sh(ROUTER_WORLD);
    const host = await hostOfWorld(world);
    await world.sh(`
      ip -n ns1 link del dev v1
      ip -n ns1 link add dev late index 77 type veth peer name v2 netns ns2
      ip -n ns2 addr add 10.0.1.1/24 dev v2; ip -n ns2 link set dev v2 up
      ip -n ns1 addr add 10.0.1.2/24 dev late; ip -n ns1 link set dev late up
    `);
    const observation = await probeIn(world, { destination: '10.0.1.1', host });
    expect(observation.received).toBe(1);
    expect(trail(observation)[0]).toBe('ns1 if77 out');
  });
});
