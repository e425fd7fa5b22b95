/**
 * What the kernel changes by itself after one command: of all that differs between two readings, `originsOf` has to name
 * the command's own change, and nothing besides.
 */

import { expect } from 'vitest';
import { differenceOf } from '../../src/host/difference/difference.ts';
import { originsOf } from '../../src/host/difference/origins.ts';
import { changeText } from '../../src/host/difference/words.ts';
import type { Host } from '../../src/host/host.ts';
import { collectIn } from '../helpers/collect-world.ts';
import { inWorld, liveTest, until } from '../helpers/world.ts';

/** A host, a router with a bridge, and what is wired to them; every setting that new namespaces copy is set. */
const NETWORK = `
  for n in a r b; do
    ip netns add $n
    ip -n $n link set dev lo up
    ip netns exec $n sysctl -qw net/ipv4/conf/all/forwarding=0 net/ipv6/conf/all/disable_ipv6=1 \\
      net/ipv6/conf/default/accept_dad=0 net/ipv6/conf/default/router_solicitations=0
  done
  ip netns exec r sysctl -qw net/ipv4/conf/all/forwarding=1
  ip netns exec b sysctl -qw net/ipv6/conf/all/disable_ipv6=0
  ip -n a link add va type veth peer name ra netns r
  ip -n b link add vb type veth peer name rb netns r
  ip -n r link add br0 type bridge
  ip -n r link set dev rb master br0
  ip -n a addr add 10.0.1.1/24 dev va
  ip -n r addr add 10.0.1.254/24 dev ra
  ip -n r addr add 10.0.2.254/24 dev br0
  ip -n b addr add 10.0.2.1/24 dev vb
  for d in "a va" "r ra" "r rb" "r br0" "b vb"; do set -- $d; ip -n $1 link set dev $2 up; done
  ip -n a route add default via 10.0.1.254
  ip -n b route add default via 10.0.2.254
`;

/** Each follows on the one before. */
const STEPS: readonly (readonly [command: string, origins: readonly string[]])[] = [
  ['ip -n b link set dev vb down', ['device vb set down in b']],
  ['ip -n b link set dev vb up', ['device vb set up in b']],
  [
    'ip netns exec b sysctl -qw net/ipv6/conf/all/disable_ipv6=1',
    ['sysctl net/ipv6/conf/all/disable_ipv6 0 -> 1 in b'],
  ],
  ['ip -n b route add default via 10.0.2.254', ['route default via 10.0.2.254 dev vb added in b']],
  ['ip -n r link set dev rb down', ['device rb set down in r']],
  ['ip -n r link set dev rb up', ['device rb set up in r']],
  ['ip -n r link set dev rb nomaster', ['device rb taken out of br0 in r']],
  ['ip -n b addr del 10.0.2.1/24 dev vb', ['address 10.0.2.1/24 deleted from vb in b']],
  // For lo, broadcasts and devices without ARP the kernel makes neighbour entries that it asks nobody for.
  ['for to in 127.0.0.1 10.0.1.255; do ip netns exec a ping -b -c 1 -W 0.2 $to || :; done', []],
  ['ip -n a link set dev va arp off', ['device va noarp off -> on in a']],
  ['ip netns exec a ping -c 1 -W 0.2 10.0.1.77 || :', []],
  ['ip -n a link set dev va arp on', ['device va noarp on -> off in a']],
  ['ip netns exec r sysctl -qw net/ipv4/ip_forward=0', ['sysctl net/ipv4/ip_forward 1 -> 0 in r']],
  ['ip -n a link set dev va down; ip -n a link set dev va name eth0', ['device va renamed to eth0 in a']],
  ['ip -n a link set dev eth0 netns b', ['device eth0 moved from a to b']],
  ['ip -n b link del dev eth0', ['device eth0 deleted in b']],
  ['ip netns del b', ['namespace b vanished']],
];

liveTest(`originsOf() names the change that was made, of all that the kernel makes of it`, async () => {
  await inWorld(async (world) => {
    await world.sh(NETWORK);
    let before = await atRest(() => collectIn(world));
    for (const [command, origins] of STEPS) {
      await world.sh(command);
      let found: readonly string[] = [];
      let after = before;
      const isFound = async () => {
        after = await collectIn(world);
        found = originsOf(differenceOf(before, after).changes).map(({ change }) => changeText(change));
        return found.join('\n') === origins.join('\n');
      };
      await until(isFound, `${origins.join(', ')} after ${command}`).catch(() => undefined);
      expect(found, command).toEqual(origins);
      before = after;
    }
  });
});

/** Two readings in a row that are the same. */
async function atRest(read: () => Promise<Host>): Promise<Host> {
  let host = await read();
  await until(async () => {
    const again = await read();
    const isSame = differenceOf(host, again).changes.length === 0;
    host = again;
    return isSame;
  }, 'a kernel at rest');
  return host;
}
