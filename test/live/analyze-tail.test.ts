/**
 * A capture that Ctrl-C ends lacks what came last: the kernel has it in a block that is not yet full, and tcpdump throws
 * it away. Beside a capture that has it, nothing was lost.
 */

import { type Background, inWorld, liveTest, until, type World } from '../helpers/world.ts';

const WIRED = `
  for n in a b; do ip netns add $n; ip -n $n link set dev lo up; done
  ip link add va netns a type veth peer name vb netns b
  ip -n a addr add 10.0.1.1/24 dev va; ip -n b addr add 10.0.1.2/24 dev vb
  ip -n a link set dev va up; ip -n b link set dev vb up
  printf 'table ip f { chain c { type filter hook input priority 0; udp dport 9 drop; }; }\\n' | ip netns exec b nft -f -
`;

async function capturing(world: World, netns: string, device: string, ...options: readonly string[]) {
  const file = ['-Z', 'root', '-U', '-w', `/run/${device}.pcap`];
  const tcpdump = world.start([
    'ip',
    'netns',
    'exec',
    netns,
    'tcpdump',
    '-ni',
    device,
    ...file,
    ...options,
    'icmp or udp',
  ]);
  await tcpdump.said(/listening on/);
  return tcpdump;
}

async function end(...captures: readonly Background[]): Promise<void> {
  for (const capture of captures) capture.signal('SIGINT');
  for (const capture of captures) await capture.exited;
}

const captured = (tcpdump: Background) => Number(/(\d+) packets captured/.exec(tcpdump.output)?.[1]);
/** Pings that are answered, and a datagram that is not. */
const sending = (world: World) =>
  world.sh(`ip netns exec a bash -c 'echo >/dev/udp/10.0.1.2/9; ping -q -c 3 -i 0.01 -W 5 10.0.1.2'`);
const PACKETS = 7;

liveTest('nsdiag analyze takes what Ctrl-C cut off for no loss', async ({ expect }) => {
  await inWorld(async (world) => {
    await world.sh(WIRED);
    await until(
      async () => (await world.run(['ip', 'netns', 'exec', 'a', 'ping', '-c1', '-W1', '10.0.1.2'])).exitCode === 0,
      'a ping that is answered',
    );

    // Whether a block is handed over between the ping and the signal is chance.
    await until(
      async () => {
        const whole = await capturing(world, 'a', 'va', '--immediate-mode');
        const cut = await capturing(world, 'b', 'vb');
        await sending(world);
        // So that it begins with packets, and then lacks some.
        await until(async () => Number(await world.sh('stat -c %s /run/vb.pcap')) > 24, 'the first block', 30_000);
        await sending(world);
        await end(whole, cut);
        return captured(whole) === 2 * PACKETS && captured(cut) < 2 * PACKETS;
      },
      'a capture that lacks its end',
      60_000,
    );
    const { stdout, exitCode } = await world.nsdiag(['analyze', '/run/va.pcap', '/run/vb.pcap']);

    expect(stdout).toContain('Nothing wrong');
    expect(exitCode).toBe(0);
  });
});
