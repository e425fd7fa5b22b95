/** `ip route get` asked at every step of a prediction, and what the kernel answers. */

import { expect } from 'vitest';
import type { RoundTrip } from '../../src/journey/journey.ts';
import type { RouteWitness } from '../../src/journey/observation.ts';
import { askRoutes } from '../../src/probe/route-get.ts';
import { walkRoundTrip } from '../../src/walk/round-trip.ts';
import { ask } from '../helpers/ask.ts';
import { hostOfWorld } from '../helpers/live-host.ts';
import { ROUTER_WORLD } from '../helpers/probing.ts';
import { inWorld, liveTest, type World } from '../helpers/world.ts';

async function witnessesOf(
  world: World,
  destination: string,
): Promise<{ trip: RoundTrip; routes: readonly RouteWitness[] }> {
  const host = await hostOfWorld(world);
  const trip = walkRoundTrip(host, ask('ns1', destination));
  return { trip, routes: await askRoutes(host, trip, undefined) };
}

/** As `ns1: route get 10.0.2.2 ...  dev v1 via 10.0.1.1`. */
function lines(routes: readonly RouteWitness[]): readonly string[] {
  return routes.map(({ netns, leg, command, answer }) => {
    const words = command.slice(command.indexOf('get') + 1).join(' ');
    const said =
      answer.kind === 'error' ? answer.text : `${answer.type} dev ${answer.device} via ${answer.via ?? 'none'}`;
    return `${leg} ${netns}: ${words}: ${said}`;
  });
}

liveTest('askRoutes() asks every namespace on the way what the walk asked it', async () => {
  await inWorld(async (world) => {
    await world.sh(ROUTER_WORLD);
    const v4 = await witnessesOf(world, '10.0.2.2');
    expect(lines(v4.routes)).toEqual([
      'request ns1: 10.0.2.2: unicast dev v1 via 10.0.1.1',
      'request ns2: 10.0.2.2 from 10.0.1.2 iif v2: unicast dev v3 via none',
      'request ns3: 10.0.2.2 from 10.0.1.2 iif v4: local dev lo via none',
      'reply ns3: 10.0.1.2 from 10.0.2.2: unicast dev v4 via 10.0.2.1',
      'reply ns2: 10.0.1.2 from 10.0.2.2 iif v3: unicast dev v2 via none',
      'reply ns1: 10.0.1.2 from 10.0.2.2 iif v1: local dev lo via none',
    ]);
    const lookups = v4.trip.request.steps.flatMap((step) => (step.stage === 'route' ? [step.lookup] : []));
    expect(v4.routes.slice(0, 3).map(({ lookup }) => lookup)).toEqual(lookups);
    expect(v4.routes[0]?.answer).toMatchObject({ source: '10.0.1.2', table: 254 });
    expect(v4.routes[0]?.command.slice(-4)).toEqual(['ip', 'route', 'get', '10.0.2.2']);

    const v6 = await witnessesOf(world, 'fd00:2::2');
    expect(lines(v6.routes).slice(0, 2)).toEqual([
      'request ns1: fd00:2::2: unicast dev v1 via fd00:1::1',
      'request ns2: fd00:2::2 from fd00:1::2 iif v2: unicast dev v3 via none',
    ]);
    expect(v6.routes).toHaveLength(6);
  });
});

liveTest('askRoutes() asks for the lookup that fails, and keeps the words of the kernel', async () => {
  await inWorld(async (world) => {
    await world.sh(`${ROUTER_WORLD}
      ip -n ns2 route add blackhole 10.8.0.1; ip -n ns2 route add unreachable 10.8.0.2; ip -n ns2 route add prohibit 10.8.0.3
      ip -n ns1 route add blackhole 10.9.0.1
    `);
    const lastOf = async (destination: string) => lines((await witnessesOf(world, destination)).routes).at(-1);
    expect(await lastOf('10.77.7.7')).toBe('request ns2: 10.77.7.7 from 10.0.1.2 iif v2: Network is unreachable');
    expect(await lastOf('10.8.0.1')).toBe('request ns2: 10.8.0.1 from 10.0.1.2 iif v2: Invalid argument');
    expect(await lastOf('10.8.0.2')).toBe('request ns2: 10.8.0.2 from 10.0.1.2 iif v2: No route to host');
    expect(await lastOf('10.8.0.3')).toBe('request ns2: 10.8.0.3 from 10.0.1.2 iif v2: Permission denied');
    expect(await lastOf('10.9.0.1')).toBe('request ns1: 10.9.0.1: Invalid argument');
    await world.sh('ip -n ns3 route del default via 10.0.2.1');
    expect(await lastOf('10.0.2.2')).toBe('reply ns3: 10.0.1.2 from 10.0.2.2: Network is unreachable');
  });
});

liveTest('askRoutes() names protocol and mark where a policy rule asks for them', async () => {
  await inWorld(async (world) => {
    await world.sh(`${ROUTER_WORLD}
      ip -n ns1 rule add ipproto icmp lookup 77; ip -n ns1 route add 10.0.2.0/24 via 10.0.1.9 dev v1 onlink table 77
    `);
    const { routes } = await witnessesOf(world, '10.0.2.2');
    expect(lines(routes)[0]).toBe('request ns1: 10.0.2.2 ipproto icmp: unicast dev v1 via 10.0.1.9');
    expect(routes[0]?.answer).toMatchObject({ table: 77 });
  });
});

/** The byte 0xff between two letters, as collect/decode.ts has it. */
const NO_UTF8 = 'a\udcffb';

/** Every byte of the name in octal: no quoting, and no encoding of ours, comes between. */
function printf(name: string): string {
  const bytes = [...name].flatMap((character) =>
    /\p{Surrogate}/u.test(character) ? [character.charCodeAt(0) & 0xff] : [...Buffer.from(character)],
  );
  return `"$(printf '${bytes.map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('')}')"`;
}

liveTest('askRoutes() asks about devices whatever they are called', async () => {
  await inWorld(async (world) => {
    await world.sh(ROUTER_WORLD);
    const set = 'ip -n ns2 link set dev';
    for (const name of ['-x', '$(x)', 'br', 'iif', '😀', '\u001b[31m', `q'"#\\`, NO_UTF8]) {
      await world.sh(`${set} v2 down; ${set} v2 name ${printf(name)}; ${set} ${printf(name)} up`);
      const { routes } = await witnessesOf(world, '10.0.2.2');
      expect(lines(routes).slice(1)).toEqual([
        `request ns2: 10.0.2.2 from 10.0.1.2 iif ${name}: unicast dev v3 via none`,
        'request ns3: 10.0.2.2 from 10.0.1.2 iif v4: local dev lo via none',
        'reply ns3: 10.0.1.2 from 10.0.2.2: unicast dev v4 via 10.0.2.1',
        `reply ns2: 10.0.1.2 from 10.0.2.2 iif v3: unicast dev ${name} via none`,
        'reply ns1: 10.0.1.2 from 10.0.2.2 iif v1: local dev lo via none',
      ]);
      await world.sh(`${set} ${printf(name)} down; ${set} ${printf(name)} name v2`);
    }
  });
});

liveTest('askRoutes() has no witness in a namespace that has vanished', async () => {
  await inWorld(async (world) => {
    await world.sh(ROUTER_WORLD);
    const host = await hostOfWorld(world);
    const trip = walkRoundTrip(host, ask('ns1', '10.0.2.2'));
    const namespaces = host.namespaces.map((netns) =>
      netns.name === 'ns2' ? { ...netns, entry: { kind: 'path', path: '/run/netns/no-such' } as const } : netns,
    );
    const routes = await askRoutes({ ...host, namespaces }, trip, undefined);
    expect(routes.map(({ netns }) => netns)).toEqual(['ns1', 'ns3', 'ns3', 'ns1']);
  });
});
