/**
 * A program that copies frames from one veth to another loses the word that their checksums are open: what a ping
 * passes, TCP does not. The program is that of the lab fault; DPDK and AF_PACKET bridges do the same.
 */

import { expect } from 'vitest';
import { COPY } from '../../src/lab/frame-switch.ts';
import { BIN, inWorld, liveTest, type World } from '../helpers/world.ts';

const NETWORK = `
  for n in a sw b; do ip netns add $n; ip -n $n link set dev lo up; done
  ip -n a link add dev va type veth peer name pa netns sw
  ip -n b link add dev vb type veth peer name pb netns sw
  ip -n a addr add 10.0.1.1/24 dev va; ip -n a addr add fd00::1/64 dev va nodad; ip -n a link set dev va up
  ip -n b addr add 10.0.1.2/24 dev vb; ip -n b addr add fd00::2/64 dev vb nodad; ip -n b link set dev vb up
  ip -n sw link set dev pa up; ip -n sw link set dev pb up
`;

const LISTEN = `
  const server = require('net').createServer((socket) => socket.on('error', () => {}).end('hello'));
  server.listen(8080, '::', () => console.log('listening'));
`;

interface Answer {
  readonly verdict: string;
  readonly proof: unknown;
  readonly causes: readonly {
    readonly code: string;
    readonly netns: string;
    readonly device: string | null;
    readonly leg: string;
    readonly fix: readonly { readonly argv: readonly [string, ...string[]] }[];
    readonly evidence: readonly { readonly witness: string; readonly text: string }[];
  }[];
}

async function whyTcp(world: World, destination: string): Promise<Answer> {
  const argv = ['why', 'a', destination, '--proto', 'tcp', '--port', '8080', '--json'];
  const { stdout } = await world.run([process.execPath, BIN, ...argv]);
  return JSON.parse(stdout) as Answer;
}

function causesOf({ causes }: Answer): readonly string[] {
  return causes.map(({ code, netns, device, leg }) => `${code} ${netns} ${device} ${leg}`);
}

/** What a person would try: whether bytes come back. */
async function talks(world: World, destination: string): Promise<boolean> {
  const script = `const socket = require('net').connect(8080, '${destination}');
    socket.setTimeout(1500, () => process.exit(1));
    socket.on('data', () => process.exit(0)).on('error', () => process.exit(1));`;
  const { exitCode } = await world.run(['ip', 'netns', 'exec', 'a', process.execPath, '-e', script]);
  return exitCode === 0;
}

liveTest.for(['10.0.1.2', 'fd00::2'])(
  'why finds the open checksum that a userspace switch carries to %s, and its two commands repair it',
  async (destination, { skip }) => {
    await inWorld(async (world) => {
      await world.sh(NETWORK);
      for (const program of ['perl', 'ethtool']) {
        const { missing } = await world.run([program, '--version']);
        skip(missing, `${program} is not installed`);
      }
      const copying = world.start(['ip', 'netns', 'exec', 'sw', 'perl', '-e', COPY, 'pa', 'pb']);
      await copying.said(/copying/);
      const server = world.start(['ip', 'netns', 'exec', 'b', process.execPath, '-e', LISTEN]);
      await server.said(/listening/);
      const traced = await world.run(['test', '-e', '/sys/kernel/tracing/events/skb/kfree_skb/format']);

      const ping = ['ip', 'netns', 'exec', 'a', 'ping', '-c', '3', '-W', '3', destination] as const;
      expect(await world.run(ping)).toMatchObject({ exitCode: 0 });
      expect(await talks(world, destination)).toBe(false);

      const broken = await whyTcp(world, destination);
      expect(broken.verdict).toBe('unreachable');
      skip(
        traced.exitCode !== 0 && causesOf(broken)[0]?.startsWith('unexplained-loss') === true,
        'without tracefs nobody says that a checksum was why',
      );
      expect(causesOf(broken)).toEqual(['bad-offload a va request', 'bad-offload b vb reply']);
      expect(broken.causes[0]?.evidence.map(({ text }) => text)).toEqual([
        'tx-checksumming: on',
        'the TCP checksum is still open at b vb: it is the sum of the pseudo-header alone',
        expect.stringContaining('b drops the request behind vb: TCP_CSUM'),
        expect.stringContaining('last seen: the request at b vb'),
      ]);

      const [first, second] = broken.causes.flatMap(({ fix }) => fix.map(({ argv }) => argv));
      if (first === undefined || second === undefined) throw new Error('two causes have two commands');
      expect(await world.run(first)).toMatchObject({ exitCode: 0 });
      expect(await talks(world, destination)).toBe(false);
      expect(causesOf(await whyTcp(world, destination))).toEqual(['bad-offload b vb reply']);
      expect(await world.run(second)).toMatchObject({ exitCode: 0 });
      expect(await talks(world, destination)).toBe(true);
      expect(await whyTcp(world, destination)).toMatchObject({ verdict: 'reachable', causes: [] });
    });
  },
);

liveTest('why does not blame an open checksum between two veths for what drops the packet', async () => {
  await inWorld(async (world) => {
    await world.sh(`
      for n in a b; do ip netns add $n; ip -n $n link set dev lo up; done
      ip -n a link add dev va type veth peer name vb netns b
      ip -n a addr add 10.0.1.1/24 dev va; ip -n a link set dev va up
      ip -n b addr add 10.0.1.2/24 dev vb; ip -n b link set dev vb up
    `);
    const server = world.start(['ip', 'netns', 'exec', 'b', process.execPath, '-e', LISTEN]);
    await server.said(/listening/);
    expect(await whyTcp(world, '10.0.1.2')).toMatchObject({ verdict: 'reachable', causes: [] });

    const rule = (text: string) =>
      `ip netns exec b nft 'flush ruleset; table ip f { chain c { type filter hook input priority 0; ${text}; }; }'`;
    await world.sh(rule('tcp dport 8080 drop'));
    expect(causesOf(await whyTcp(world, '10.0.1.2'))).toEqual(['firewall-drop b vb request']);
    // To conntrack an open checksum is no reason for invalid, as long as only the kernel carries it.
    await world.sh(rule('ct state invalid drop'));
    expect(await whyTcp(world, '10.0.1.2')).toMatchObject({ verdict: 'reachable', causes: [] });
  });
});
