/** What crosses a segment: veth pairs and bridges, and what tcpdump sees of it. */

import { expect } from 'vitest';
import { judge, WORDS } from '../helpers/judge.ts';
import { inWorld, liveTest, until } from '../helpers/world.ts';

/** a and b on a bridge in br. */
const BRIDGE = `
  namespaces a b br
  wire a va br pa
  wire b vb br pb
  bridge_ br br0 pa pb
  address a va 10.0.0.1/24 fd00::1/64
  address b vb 10.0.0.2/24 fd00::2/64
`;
const ASK = { from: 'a', to: '10.0.0.2' };
const ASK6 = { from: 'a', to: 'fd00::2' };

liveTest('a bridge passes frames between ports that forward and are not both isolated', async () => {
  await judge(BRIDGE, [
    { claim: 'as built', ...ASK, answered: true },
    { claim: 'as built, IPv6', ...ASK6, answered: true },
    { claim: 'one isolated', change: 'bridge -n br link set dev pa isolated on; forget a b', ...ASK, answered: true },
    { claim: 'both isolated', change: 'bridge -n br link set dev pb isolated on; forget a b', ...ASK, answered: false },
    {
      claim: 'disabled',
      change: 'bridge -n br link set dev pa isolated off; bridge -n br link set dev pb state 0; forget a b',
      ...ASK,
      answered: false,
    },
    { claim: 'forwarding again', change: 'bridge -n br link set dev pb state 3; forget a b', ...ASK, answered: true },
    { claim: 'port down', change: 'ip -n br link set dev pb down; forget a b', ...ASK, answered: false },
    { claim: 'port up', change: 'ip -n br link set dev pb up; forget a b', ...ASK, answered: true },
    { claim: 'bridge down', change: 'ip -n br link set dev br0 down; forget a b', ...ASK, answered: false },
    {
      claim: 'off the bridge',
      change: 'ip -n br link set dev br0 up; ip -n br link set dev pb nomaster; forget a b',
      ...ASK,
      answered: false,
    },
  ]);
});

liveTest('flood flags hold back what the bridge has not learned', async () => {
  const learned = `
    forget a b
    ip netns exec br bridge fdb show br br0 | grep -E "dev pb master br0 *$" | while read -r mac _; do
      bridge -n br fdb del "$mac" dev pb master
    done`;
  const permanent =
    'ip -n a neigh replace 10.0.0.2 dev va nud permanent lladdr "$(ip netns exec b cat /sys/class/net/vb/address)"';
  await judge(BRIDGE, [
    {
      claim: 'broadcast not flooded: no ARP',
      change: `${learned}; bridge -n br link set dev pb bcast_flood off`,
      ...ASK,
      answered: false,
    },
    { claim: 'broadcast not flooded: ND is multicast', change: learned, ...ASK6, answered: true },
    {
      claim: 'multicast not flooded: no ND',
      // Without snooping: with it, the bridge knows who listens to the solicited-node group.
      change: `${learned}; ip -n br link set dev br0 type bridge mcast_snooping 0; bridge -n br link set dev pb bcast_flood on mcast_flood off`,
      ...ASK6,
      answered: false,
    },
    {
      claim: 'unknown unicast not flooded: ARP has taught the bridge',
      change: `${learned}; bridge -n br link set dev pb mcast_flood on flood off`,
      ...ASK,
      answered: true,
    },
    {
      claim: 'unknown unicast not flooded, and nobody asked',
      change: `${learned}; ${permanent}`,
      ...ASK,
      answered: false,
    },
    {
      claim: 'neither flooded nor learned',
      change: `${learned}; bridge -n br link set dev pb learning off; ip -n a neigh del 10.0.0.2 dev va`,
      ...ASK,
      answered: false,
    },
  ]);
});

liveTest('a static FDB entry holds until a frame from elsewhere corrects it, a sticky one for good', async () => {
  const macOfB = '"$(ip netns exec b cat /sys/class/net/vb/address)"';
  const entry = (words: string) => `bridge -n br fdb replace ${macOfB} ${words}`;
  const permanent = `ip -n a neigh replace 10.0.0.2 dev va nud permanent lladdr ${macOfB}; sysctl_ b net.ipv6.conf.all.disable_ipv6=1; forget a b`;
  const noPermanent = 'ip -n a neigh del 10.0.0.2 dev va; forget a b';
  await judge(BRIDGE, [
    { claim: 'static, right', change: entry('dev pb master static'), ...ASK, answered: true },
    {
      claim: 'static, wrong, and b has not spoken since',
      change: `${permanent}; ${entry('dev pa master static')}`,
      ...ASK,
      answered: false,
    },
    { claim: 'static, wrong, but b answers ARP', change: noPermanent, ...ASK, answered: true },
    { claim: 'sticky, wrong', change: `${entry('dev pa master static sticky')}; forget a b`, ...ASK, answered: false },
  ]);
});

liveTest('an address on a bridge port is answered for by the bridge, and cannot ask itself', async () => {
  const network = `
    namespaces a br
    wire a va br pa
    bridge_ br br0 pa
    address a va 10.0.0.1/24
    address br pa 10.0.0.2/24
    sysctl_ br net.ipv4.conf.br0.rp_filter=0`;
  await judge(network, [
    { claim: 'asked', ...ASK, answered: false },
    { claim: 'asking', from: 'br', to: '10.0.0.1', answered: false },
    {
      claim: 'on the bridge',
      change: 'ip -n br addr del 10.0.0.2/24 dev pa; address br br0 10.0.0.2/24; forget a br',
      ...ASK,
      answered: true,
    },
  ]);
});

liveTest('tcpdump sees a bridged frame on the ports, and one for the bridge itself on the bridge too', async () => {
  await inWorld(async (world) => {
    await world.sh(`${WORDS}${BRIDGE}\n address br br0 10.0.0.254/24`);
    const tcpdump = ['tcpdump', '-i', 'any', '-n', '-l', '--immediate-mode', 'icmp'] as const;
    const watch = world.start(['ip', 'netns', 'exec', 'br', ...tcpdump]);
    await watch.said(/listening on/);
    const seen = async (from: string, to: string): Promise<readonly string[]> => {
      const before = watch.output.length;
      await world.sh(`ip netns exec ${from} ping -n -c1 -W1 ${to}`);
      const lines = () => [...watch.output.slice(before).matchAll(/^\S+ (\w+) +(In|P|Out) .* echo (\w+)/gm)];
      await until(() => lines().filter(([, , , message]) => message === 'reply').length >= 2, 'the reply in tcpdump');
      return lines().map(
        ([, device, direction, message]) => `${message} ${device} ${direction === 'Out' ? 'out' : 'in'}`,
      );
    };
    // The neighbours are known from here on: unknown unicast is flooded.
    await world.sh('ip netns exec a ping -n -c1 -W1 10.0.0.2; ip netns exec a ping -n -c1 -W1 10.0.0.254');
    await until(() => (watch.output.match(/echo reply/g) ?? []).length >= 4, 'the first pings');
    expect(await seen('a', '10.0.0.2')).toEqual(['request pa in', 'request pb out', 'reply pb in', 'reply pa out']);
    expect(await seen('a', '10.0.0.254')).toEqual(['request pa in', 'request br0 in', 'reply br0 out', 'reply pa out']);
    expect(await seen('br', '10.0.0.1')).toEqual(['request br0 out', 'request pa out', 'reply pa in', 'reply br0 in']);
  });
});
