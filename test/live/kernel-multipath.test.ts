/**
 * Several next hops that lead to different ends: which one the kernel takes is seen on the wire, and why() names what is
 * wrong on it, or warns of it where the packet went by the other one.
 *
 * @module
 */

import { expect } from 'vitest';
import { inWorld, liveTest, until, type World } from '../helpers/world.ts';

/** a has two next hops, r to b and c, which does not forward; b has many addresses, for the hash to choose by. */
const NETWORK = `
  for ns in a r b c; do
    ip netns add $ns
    ip -n $ns link set dev lo up
    ip netns exec $ns sysctl -qw net.ipv4.ip_forward=0 net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0
  done
  ip netns exec a sysctl -qw net.ipv4.fib_multipath_hash_policy=0
  wire() {
    ip -n "$1" link add name "$2" type veth peer name "$5" netns "$4"
    ip -n "$1" addr add "$3" dev "$2"; ip -n "$4" addr add "$6" dev "$5"
    ip -n "$1" link set dev "$2" up; ip -n "$4" link set dev "$5" up
  }
  wire a near 10.1.0.1/24 r to-a 10.1.0.9/24
  wire a far 10.5.0.1/24 c to-a 10.5.0.9/24
  wire r to-b 10.2.0.9/24 b to-r 10.2.0.1/24
  ip netns exec r sysctl -qw net.ipv4.ip_forward=1
  ip -n b route add default via 10.2.0.9
  for n in $(seq 10 25); do ip -n b addr add 10.2.0.$n/24 dev to-r; done
  ip -n a route add 10.2.0.0/24 nexthop via 10.1.0.9 nexthop via 10.5.0.9`;

/** The first address of b for which the kernel takes the device. */
async function chosenFor(world: World, device: string): Promise<string> {
  for (let n = 10; n <= 25; n++) {
    const chosen = await world.sh(`ip -n a route get 10.2.0.${n}`);
    if (chosen.includes(` dev ${device} `)) return `10.2.0.${n}`;
  }
  throw new Error(`sixteen addresses, and none goes by ${device}`);
}

liveTest('why() goes by the next hop that the kernel takes, and its fix makes the packet pass', async () => {
  await inWorld(async (world) => {
    await world.sh(NETWORK);
    const [good, bad] = [await chosenFor(world, 'near'), await chosenFor(world, 'far')];
    const passes = async (to: string) =>
      (await world.run(['ip', 'netns', 'exec', 'a', 'ping', '-c1', '-W1', to])).exitCode === 0;
    await until(() => passes(good), `an answer from ${good}`);
    const why = async (to: string) => JSON.parse((await world.nsdiag(['why', 'a', to, '--json'])).stdout);

    const passed = await why(good);
    expect(passed).toMatchObject({ verdict: 'reachable', causes: [] });
    expect(passed.notes).toEqual([expect.stringMatching(/^Routing chooses among 2 next hops .*wrong-gateway in a/)]);

    const lost = await why(bad);
    expect(lost).toMatchObject({
      verdict: 'unreachable',
      causes: [{ code: 'wrong-gateway', netns: 'a', device: 'far' }],
      proof: { walked: true, deliveredAfter: 1 },
      wire: { lastSeen: { netns: 'c', device: 'to-a', leg: 'request' } },
      notes: [],
    });
    for (const { argv } of lost.causes[0].fix) expect(await world.run(argv)).toMatchObject({ exitCode: 0 });
    await until(() => passes(bad), `an answer from ${bad}`);
  });
});
