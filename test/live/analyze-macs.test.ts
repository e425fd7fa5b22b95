/**
 * Two devices with one MAC on two ports of a bridge: `nsdiag analyze` sees it wander, in a capture of all devices of the
 * bridge's namespace, and in captures of the two ports that were put into one file.
 */

import { inWorld, liveTest, until, type World } from '../helpers/world.ts';

const TWINS = '02:00:00:00:00:77';

/** a, b and c on the bridge br of sw; a and b have one MAC. */
const BRIDGED = `
  for n in sw a b c; do ip netns add $n; ip -n $n link set dev lo up; done
  ip -n sw link add name br type bridge
  ip -n sw link set dev br up
  for n in a b c; do
    ip link add name p$n netns sw type veth peer name eth0 netns $n
    ip -n sw link set dev p$n master br
    ip -n sw link set dev p$n up
  done
  ip -n a link set dev eth0 address ${TWINS}; ip -n a addr add 10.0.0.1/24 dev eth0
  ip -n b link set dev eth0 address ${TWINS}; ip -n b addr add 10.0.0.2/24 dev eth0
  ip -n c link set dev eth0 address 02:00:00:00:00:33; ip -n c addr add 10.0.0.3/24 dev eth0
  for n in a b c; do ip -n $n link set dev eth0 up; done
`;

async function listen(world: World, device: string) {
  const how = ['-U', '--immediate-mode', '-Z', 'root', '--time-stamp-precision=nano'];
  const file = `/run/${device}.pcap`;
  const tcpdump = world.start(['ip', 'netns', 'exec', 'sw', 'tcpdump', '-i', device, ...how, '-w', file]);
  await tcpdump.said(/listening on/);
  return async () => {
    tcpdump.signal('SIGINT');
    await tcpdump.exited;
  };
}

async function findingsOf(world: World, file: string): Promise<readonly { code: string; what: string }[]> {
  return JSON.parse((await world.nsdiag(['analyze', '--json', file])).stdout).findings;
}

liveTest('nsdiag analyze says that a MAC wanders between two ports of a bridge', async ({ expect }) => {
  await inWorld(async (world) => {
    await world.sh(BRIDGED);
    const answers = async (netns: string) =>
      (await world.run(['ip', 'netns', 'exec', netns, 'ping', '-c', '1', '-W', '1', '10.0.0.3'])).exitCode === 0;
    await until(() => answers('a'), 'an answer through the bridge');
    const stops = await Promise.all(['any', 'pa', 'pb'].map((device) => listen(world, device)));
    for (const netns of ['a', 'b', 'a', 'b', 'a']) {
      // Each asks anew, which every port hears.
      await world.sh(`ip -n ${netns} neigh flush all; ip netns exec ${netns} ping -c 1 -W 1 10.0.0.3 || true`);
    }
    for (const stop of stops) await stop();
    await world.sh('mergecap -I none -w /run/merged.pcapng /run/pa.pcap /run/pb.pcap');

    for (const file of ['/run/any.pcap', '/run/merged.pcapng']) {
      const found = await findingsOf(world, file);
      const flapping = found.filter(({ code }) => code === 'mac-flapping');
      expect(flapping, `${file}: ${JSON.stringify(found)}`).toHaveLength(1);
      expect(flapping[0]?.what).toContain(TWINS);
    }
  });
});
