/**
 * Where a report offers more than one way, each of them works by itself: run word by word, in a network of its own, and
 * judged by ping. What the comparison says of the neighbours, ping says too.
 */

import { expect } from 'vitest';
import type { Argv } from '../../src/system/run.ts';
import { inWorld, liveTest, until, type World } from '../helpers/world.ts';

interface Command {
  readonly argv: Argv;
}

/** ns1 - gw - far; far has no way back. */
async function border(world: World, far: string, gateway: string): Promise<void> {
  await world.sh(`
    for ns in ns1 gw far; do ip netns add $ns; ip -n $ns link set dev lo up; done
    ip -n ns1 link add dev e0 type veth peer name in netns gw
    ip -n far link add dev e0 type veth peer name out netns gw
    ip -n ns1 addr add 10.0.1.2/24 dev e0; ip -n gw addr add 10.0.1.1/24 dev in
    ip -n far addr add ${far}/24 dev e0; ip -n gw addr add ${gateway}/24 dev out
    for end in 'ns1 e0' 'gw in' 'gw out' 'far e0'; do set -- $end; ip -n $1 link set dev $2 up; done
    ip -n ns1 route add default via 10.0.1.1
    ip netns exec gw sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.all.rp_filter=0`);
}

async function pings(world: World, netns: string, address: string): Promise<boolean> {
  const argv: Argv = ['ip', 'netns', 'exec', netns, 'ping', '-n', '-c', '3', '-i', '0.2', '-W', '1', address];
  return (await world.run(argv)).exitCode === 0;
}

async function why(world: World, ...words: readonly string[]) {
  return JSON.parse((await world.nsdiag(['why', ...words, '--json'])).stdout);
}

liveTest.for([
  ['no-route', '10.9.9.7', '10.9.9.1'],
  ['nat-missing', '203.0.113.7', '203.0.113.1'],
] as const)('each way that why offers for %s makes ping pass', async ([code, far, gateway], { expect: hold }) => {
  let ways = 1;
  for (let way = 0; way < ways; way++) {
    await inWorld(async (world) => {
      await border(world, far, gateway);
      const { causes } = await why(world, 'ns1', far);
      hold(causes.map((cause: { code: string }) => cause.code)).toEqual([code]);
      const offered: readonly (readonly Command[])[] = [
        causes[0].fix,
        ...causes[0].alternatives.map(({ fix }: { fix: readonly Command[] }) => fix),
      ];
      ways = offered.length;
      hold(await pings(world, 'ns1', far)).toBe(false);
      for (const { argv } of offered[way] ?? []) hold(await world.run(argv)).toMatchObject({ exitCode: 0, stderr: '' });
      hold(await pings(world, 'ns1', far)).toBe(true);
    });
  }
  hold(ways).toBeGreaterThanOrEqual(2);
});

liveTest('why says who is cut off, as ping does', async () => {
  await inWorld(async (world) => {
    await world.sh(`
      ip netns add sw; ip -n sw link add dev br0 type bridge
      ip netns exec sw sysctl -qe -w net.bridge.bridge-nf-call-iptables=0
      i=1
      for ns in a b c; do
        ip netns add $ns
        ip -n $ns link add dev eth0 type veth peer name to-$ns netns sw
        ip -n sw link set dev to-$ns master br0; ip -n sw link set dev to-$ns up
        ip -n $ns addr add 10.0.0.$i/24 dev eth0; ip -n $ns link set dev eth0 up
        i=$((i + 1))
      done
      ip -n sw link set dev br0 up`);
    // A port forwards when linkwatch has seen its carrier.
    await until(() => pings(world, 'a', '10.0.0.2'), 'the bridge to forward', 15_000);
    expect((await why(world, 'a', '10.0.0.2')).contrast).toBeNull();

    await world.sh('ip -n b link set dev eth0 down');
    const cut = await why(world, 'a', '10.0.0.2');
    expect(cut.contrast).toBe(
      'by the model, a reaches c; 10.0.0.2 is not reached from c either; it is 10.0.0.2 that is cut off',
    );
    expect([await pings(world, 'a', '10.0.0.3'), await pings(world, 'c', '10.0.0.2')]).toEqual([true, false]);
    expect(cut.unseen).toMatch(/other machines/);
  });
});
