import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { WORDS } from '../helpers/judge.ts';
import { inWorld, liveTest, until, type World } from '../helpers/world.ts';

interface Shown {
  readonly oddities: readonly { readonly code: string; readonly netns: string; readonly device: string | null }[];
  readonly comparison: { readonly changes: readonly { readonly what: string }[] } | null;
  readonly wires: readonly { readonly kind: string }[];
}

async function topo(world: World, ...words: readonly string[]): Promise<Shown> {
  const { exitCode, stdout, stderr } = await world.nsdiag(['topo', '--json', ...words]);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  return JSON.parse(stdout);
}

/** A bridge with two containers, in order. */
const NETWORK = `${WORDS}
  namespaces c1 c2 r
  ip -n r link add br0 type bridge
  wire c1 eth0 r p1
  wire c2 eth0 r p2
  ip -n r link set dev p1 master br0
  ip -n r link set dev p2 master br0
  ip -n r link set dev br0 up
  address r br0 10.0.0.254/24
  address c1 eth0 10.0.0.1/24
  address c2 eth0 10.0.0.2/24
  sysctl_ r net.ipv4.ip_forward=1
  ip -n c1 route add default via 10.0.0.254
`;

const isAnswered = (world: World) => async () =>
  (await world.run(['ip', 'netns', 'exec', 'c1', 'ping', '-c', '1', '-W', '1', '10.0.0.2'])).exitCode === 0;

liveTest('nsdiag topo finds nothing odd in a network in order, and each oddity where it was put', async () => {
  await inWorld(async (world) => {
    await world.sh(NETWORK);
    await until(isAnswered(world), 'an answer through the bridge');
    expect((await topo(world)).oddities).toEqual([]);

    await world.sh(`
      ip -n r link set dev p2 nomaster
      ip -n c1 link set dev eth0 mtu 1400
      ip netns exec r sysctl -qw net.ipv4.conf.br0.forwarding=0
      ip -n r link add name spare type bridge
      ip -n r link set dev spare up
      ip netns add empty
      ip -n empty link set dev lo up
    `);
    const { oddities } = await topo(world);
    expect(oddities.map(({ code, netns, device }) => `${code} ${netns} ${device}`).sort()).toEqual([
      'bridge-port-unattached r p2',
      'bridge-without-ports r spare',
      'forwarding-off r br0',
      'mtu-differs c1 eth0',
      'no-interface empty null',
    ]);
  });
});

liveTest('nsdiag topo --diff says what has changed since a snapshot, and draws it', async () => {
  await inWorld(async (world) => {
    await world.sh(`${NETWORK} mkdir /run/out`);
    await until(isAnswered(world), 'an answer through the bridge');
    await world.nsdiag(['snapshot', '-o', '/run/out/old.json']);
    await world.sh(`
      ip -n c1 route del default
      ip -n c2 addr add 10.0.0.22/24 dev eth0
    `);

    const { comparison } = await topo(world, '--diff', '/run/out/old.json');
    expect(comparison?.changes.map(({ what }) => what)).toEqual(
      expect.arrayContaining([
        'route default via 10.0.0.254 dev eth0 deleted in c1',
        'address 10.0.0.22/24 added to eth0 in c2',
      ]),
    );
    for (const file of ['net.svg', 'net.html', 'net.dot', 'net.mmd']) {
      const { exitCode, stdout } = await world.nsdiag([
        'topo',
        '--diff',
        '/run/out/old.json',
        '-o',
        `/run/out/${file}`,
      ]);
      expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: '' });
    }
    const svg = readFileSync(join(world.root, 'run/out/net.svg'), 'utf8');
    expect(svg.match(/class="chip veth changed"/g)).toHaveLength(2);
    expect(readFileSync(join(world.root, 'run/out/net.html'), 'utf8')).toContain(svg.slice(svg.indexOf('<g '), -20));
  });
});

liveTest(
  'nsdiag topo shows the namespaces that it is asked for, and names near ones for what there is not',
  async () => {
    await inWorld(async (world) => {
      await world.sh(NETWORK);
      const { stdout } = await world.nsdiag(['topo', 'c1']);
      const { exitCode, stderr } = await world.nsdiag(['topo', 'c3']);

      expect(stdout).toContain('c1\n  eth0  10.0.0.1/24  → r p1\n');
      expect(stdout).not.toContain('\nr\n');
      expect(exitCode).toBe(2);
      expect(stderr).toBe('nsdiag: Cannot show "c3": there is no such namespace\n  Near: c1, c2\n');
    });
  },
);
