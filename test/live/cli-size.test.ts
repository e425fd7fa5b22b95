/** `why --size`: long packets, asked twice, by UDP, and what is said of them when a short one was asked for. */

import { buildLab, inWorld, liveTest, until, type World } from '../helpers/world.ts';

interface Answer {
  readonly verdict: string;
  readonly causes: readonly { readonly code: string; readonly device: string | null }[];
  readonly notes: readonly string[];
}

async function why(world: World, ...words: readonly string[]): Promise<Answer> {
  const { stdout } = await world.nsdiag(['why', 'desk', '10.2.0.2', '--json', ...words]);
  return JSON.parse(stdout) as Answer;
}

const NARROW = [{ code: 'mtu-exceeded', device: 'to-r2' }];

liveTest(
  'why --size answers the same again, although its own first probe has taught the sender',
  async ({ expect }) => {
    await inWorld(async (world) => {
      await buildLab(world, 'mtu-path');
      for (let time = 1; time <= 2; time++) {
        const { verdict, causes } = await why(world, '--size', '1373');
        expect({ time, verdict }).toEqual({ time, verdict: 'unreachable' });
        expect(causes).toMatchObject(NARROW);
      }
      expect(await why(world, '--size', '1372')).toMatchObject({ verdict: 'reachable', causes: [] });
    });
  },
);

const ECHO = `const socket = dgram.createSocket('udp4');
  socket.on('message', (_, from) => socket.send('here', from.port, from.address));
  socket.bind(4000, () => console.log('ready'));`;

liveTest('why --size sends one datagram, and takes the pieces that would follow for no answer', async ({ expect }) => {
  await inWorld(async (world) => {
    await buildLab(world, 'mtu-path');
    await world.sh('ip netns exec r1 nft add rule inet guard forward udp dport 4000 accept');
    const server = world.start(['ip', 'netns', 'exec', 'store', process.execPath, '-e', ECHO]);
    await server.said(/ready/);
    const udp = ['--proto', 'udp', '--port', '4000', '--size'];
    expect(await why(world, ...udp, '1372')).toMatchObject({ verdict: 'reachable', causes: [] });
    expect(await why(world, ...udp, '1373')).toMatchObject({ verdict: 'unreachable', causes: NARROW });
    const own = await why(world, ...udp, '1473');
    expect(own.causes[0]).toMatchObject({ code: 'mtu-exceeded', device: 'eth0' });
    expect(own.notes.join()).toContain('The wire was not asked');
    await server.stop();
  });
});

liveTest('why notes where long packets vanish, when the short one was answered', async ({ expect }) => {
  await inWorld(async (world) => {
    await buildLab(world, 'mtu-path');
    const isNoted = async () => (await why(world)).notes.some((note) => note.startsWith('Large packets are lost'));
    expect(await isNoted()).toBe(false);
    await world.sh('ip netns exec desk iptables -A INPUT -p icmp --icmp-type 3 -j DROP');
    await until(isNoted, 'a note on large packets');
    expect(await why(world)).toMatchObject({ verdict: 'reachable', causes: [] });
  });
});
