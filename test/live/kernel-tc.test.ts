/** What queueing disciplines, tc filters and XDP programs take, and what nsdiag says of those it cannot see through. */

import { judge, WORDS } from '../helpers/judge.ts';
import { inWorld, liveTest, type World } from '../helpers/world.ts';

const PAIR = `namespaces a b
  wire a va b vb
  address a va 10.0.1.1/24
  address b vb 10.0.1.2/24`;

const ask = { from: 'a', to: '10.0.1.2' };
const BLACKHOLE = 'ip netns exec a tc qdisc add dev va root blackhole';
const ROOM = 'ip netns exec a tc qdisc replace dev va root';

liveTest(
  'a qdisc takes what it has no room for, and tbf what is longer than its bucket, Ethernet header and all',
  async () => {
    await judge(PAIR, [
      { claim: 'none', ...ask, answered: true },
      { claim: 'blackhole', change: BLACKHOLE, ...ask, answered: false },
      { claim: 'pfifo without room', change: `${ROOM} pfifo limit 0`, ...ask, answered: false },
      { claim: 'pfifo with room', change: `${ROOM} pfifo limit 10`, ...ask, answered: true },
      // 958 bytes, 8 of ICMP, 20 of IP, 14 of Ethernet.
      {
        claim: 'a bucket of just that frame',
        change: `${ROOM} tbf rate 1mbit burst 1000 latency 50ms`,
        ...ask,
        payloadBytes: 958,
        answered: true,
      },
      { claim: 'one byte longer', ...ask, payloadBytes: 959, answered: false },
    ]);
  },
);

const SHOT = "bpf da bytecode '1,6 0 0 2'";

liveTest('a filter that drops all takes what leaves, what comes in, and the answers', async () => {
  await judge(PAIR, [
    {
      claim: 'at egress',
      change: `ip netns exec a tc qdisc add dev va clsact; ip netns exec a tc filter add dev va egress ${SHOT}`,
      ...ask,
      answered: false,
    },
    { claim: 'taken off', change: 'ip netns exec a tc filter del dev va egress', ...ask, answered: true },
    { claim: 'at ingress', change: `ip netns exec a tc filter add dev va ingress ${SHOT}`, ...ask, answered: false },
    { claim: 'only a carrier', change: 'ip netns exec a tc filter del dev va ingress', ...ask, answered: true },
    {
      claim: 'where the request comes in',
      change: `ip netns exec b tc qdisc add dev vb clsact; ip netns exec b tc filter add dev vb ingress ${SHOT}`,
      ...ask,
      answered: false,
    },
  ]);
});

/** A program of two instructions that returns its argument, pinned: what bpf(2) takes, and no compiler. */
const LOAD_XDP = `
import ctypes, struct, sys
libc = ctypes.CDLL(None, use_errno=True)
def bpf(command, attr):
    return libc.syscall({'x86_64': 321, 'aarch64': 280}[__import__('os').uname().machine], command, attr, len(attr))
insns = ctypes.create_string_buffer(struct.pack('<BBhiBBhi', 0xb7, 0, 0, int(sys.argv[1]), 0x95, 0, 0, 0))
gpl, path = ctypes.create_string_buffer(b'GPL'), ctypes.create_string_buffer(sys.argv[2].encode())
load = struct.pack('<IIQQIIQII16s', 6, 2, ctypes.addressof(insns), ctypes.addressof(gpl), 0, 0, 0, 0, 0, b'guard')
fd = bpf(5, ctypes.create_string_buffer(load, 128))
pinned = bpf(6, ctypes.create_string_buffer(struct.pack('<QII', ctypes.addressof(path), fd, 0), 128)) if fd >= 0 else -1
sys.exit(0 if pinned == 0 else f'bpf(2): errno {ctypes.get_errno()}')
`;

const XDP = { drop: 1, pass: 2 } as const;

interface Answer {
  readonly verdict: string;
  readonly causes: readonly {
    readonly code: string;
    readonly device: string | null;
    readonly fix: readonly { readonly argv: readonly [string, ...string[]] }[];
  }[];
  readonly notes: readonly string[];
}

async function why(world: World, ...more: readonly string[]): Promise<Answer> {
  const { stdout } = await world.nsdiag(['why', 'a', '10.0.1.2', '--json', ...more]);
  return JSON.parse(stdout) as Answer;
}

liveTest(
  'of what nobody can see through, the wire accuses the one that takes the packet, and nobody else',
  async ({ expect, skip }) => {
    await inWorld(async (world) => {
      await world.sh(`${WORDS}${PAIR}\nmount -t bpf none /sys/fs/bpf`);
      for (const [name, returns] of Object.entries(XDP)) {
        const loaded = await world.run(['python3', '-c', LOAD_XDP, String(returns), `/sys/fs/bpf/${name}`]);
        skip(loaded.exitCode !== 0, `no XDP program could be loaded: ${loaded.missing ? 'no python3' : loaded.stderr}`);
      }
      const attach = (netns: string, device: string, program: string) =>
        world.sh(`nsenter --net=/run/netns/${netns} ip link set dev ${device} xdp pinned /sys/fs/bpf/${program}`);

      await attach('a', 'va', 'pass');
      await attach('b', 'vb', 'pass');
      const healthy = await why(world);
      expect(healthy).toMatchObject({ verdict: 'reachable', causes: [] });
      expect(healthy.notes.filter((note) => note.includes('XDP program'))).toHaveLength(2);

      await world.sh('ip -n b link set dev vb xdp off');
      await attach('b', 'vb', 'drop');
      expect(await why(world, '--no-probe')).toMatchObject({ verdict: 'undecided', causes: [] });
      const dropped = await why(world);
      expect(dropped.verdict).toBe('unreachable');
      expect(dropped.causes.map(({ code, device }) => [code, device])).toEqual([['xdp-drop', 'vb']]);
      for (const { argv } of dropped.causes.flatMap(({ fix }) => fix)) {
        expect(await world.run(argv)).toMatchObject({ exitCode: 0 });
      }
      expect(await why(world)).toMatchObject({ verdict: 'reachable' });

      // It lets ARP pass, and takes IPv4.
      await world.sh(`ip netns exec b tc qdisc add dev vb clsact
      ip netns exec b tc filter add dev vb ingress bpf da bytecode '4,40 0 0 12,21 0 1 2048,6 0 0 2,6 0 0 0'`);
      const filtered = await why(world);
      expect(filtered.causes.map(({ code, device }) => [code, device])).toEqual([['tc-drop', 'vb']]);
    });
  },
);
