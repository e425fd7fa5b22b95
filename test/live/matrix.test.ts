/** `nsdiag matrix` on a lab: by the model, by the wire, and what it says of hosts that it cannot ask. */

import { expect } from 'vitest';
import type { MatrixDocument } from '../../src/report/matrix-json.ts';
import { breakLab, buildLab, inWorld, liveTest, until, type World } from '../helpers/world.ts';

async function matrix(world: World, ...words: readonly string[]) {
  const { exitCode, stdout } = await world.nsdiag(['matrix', '--json', ...words]);
  return { exitCode, document: JSON.parse(stdout) as MatrixDocument };
}

/** The pairs that do not work, as the kernel has it: one ping each. */
async function silentPairs(world: World, { cells }: MatrixDocument): Promise<readonly string[]> {
  const silent: string[] = [];
  for (const { from, to, destination } of cells) {
    const ping = ['ip', 'netns', 'exec', from, 'ping', '-nqc1', '-W1', destination ?? ''] as const;
    if ((await world.run(ping)).exitCode !== 0) silent.push(`${from} > ${to}`);
  }
  return silent;
}

const broken = ({ cells }: MatrixDocument) =>
  cells.filter(({ verdict }) => verdict !== 'reachable').map(({ from, to }) => `${from} > ${to}`);

liveTest('matrix says of every pair what ping says, by model and wire, and its fixes repair them', async () => {
  await inWorld(async (world) => {
    const three = ['h1', 'h2', 'r2'];
    await buildLab(world, 'router-chain');
    await until(async () => (await matrix(world, '--probe', ...three)).exitCode === 0, 'a lab that answers');
    await breakLab(world, 'router-chain', 'forwarding-off');

    const model = await matrix(world, ...three);
    const wire = await matrix(world, '--probe', ...three);
    expect([model.exitCode, wire.exitCode]).toEqual([1, 1]);
    expect(broken(model.document)).not.toEqual([]);
    expect(broken(model.document)).toEqual(await silentPairs(world, model.document));
    expect(broken(wire.document)).toEqual(broken(model.document));
    expect(wire.document.cells.every((cell) => cell.wire !== null && cell.wire.sent > 0)).toBe(true);

    for (const { argv } of wire.document.causes.flatMap(({ fix }) => fix)) {
      expect((await world.run(argv as [string, ...string[]])).exitCode).toBe(0);
    }
    await until(async () => (await matrix(world, '--probe', ...three)).exitCode === 0, 'all pairs repaired');
  });
});

liveTest('matrix --probe believes the wire where the model cannot tell', async () => {
  await inWorld(async (world) => {
    await buildLab(world, 'veth-pair');
    await until(async () => (await matrix(world, '--probe')).exitCode === 0, 'a lab that answers');
    await world.sh(`
      ip netns exec ns2 nft 'add table ip odd; add chain ip odd in { type filter hook input priority 0; policy accept; }'
      ip netns exec ns2 nft 'add rule ip odd in meta cpu 0-4095 drop'
    `);
    const model = await matrix(world);
    expect(model.exitCode).toBe(3);
    expect(model.document.causes.map(({ code, netns }) => [code, netns])).toContainEqual([null, 'ns2']);

    const wire = await matrix(world, '--probe');
    expect(wire.exitCode).toBe(1);
    expect(broken(wire.document)).toEqual(['ns1 > ns2', 'ns2 > ns1']);
    expect(wire.document.notes.join()).toContain('the model expected undecided, the wire says unreachable');
  });
});

liveTest('matrix ends with 2 and a document where there is nobody to ask', async () => {
  await inWorld(async (world) => {
    const { exitCode, document } = await matrix(world);

    expect(exitCode).toBe(2);
    expect(document).toMatchObject({ verdict: 'undecided', cells: [] });
    expect(document.summary).toContain('Cannot ask who reaches whom');
  });
});
