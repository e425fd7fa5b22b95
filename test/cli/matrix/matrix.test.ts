import { expect, test } from 'vitest';
import { matrix } from '../../../src/cli/matrix/matrix.ts';
import type { Ground } from '../../../src/cli/why/ground.ts';
import type { Host } from '../../../src/host/host.ts';
import { forget, hostOf, type NetnsSpec } from '../../helpers/build-host.ts';
import { memoryIo } from '../memory-io.ts';

const PAIR = {
  ns1: { links: { veth0: { peer: 'ns2:veth1', addresses: ['10.0.0.1/24'] } } },
  ns2: { links: { veth1: { addresses: ['10.0.0.2/24'] } } },
};
const ALONE: NetnsSpec = { links: { d: { kind: 'dummy', addresses: ['10.0.0.1/24'] } } };
const ROOTLESS = 'it takes root to enter it';

async function asked(host: Host) {
  const { io, stdout } = memoryIo();
  const ground: Ground = {
    look: async () => host,
    hear: async () => ({ observation: undefined, routes: [], notes: [] }),
    settle: undefined,
    leave: async () => undefined,
    inodeOf: () => undefined,
    hostsFile: () => new Map(),
    resolve: async () => ({ kind: 'not-asked', why: 'no name was asked for' }),
  };
  const asking = { proto: 'icmp', port: undefined, payloadBytes: 56 } as const;
  const exitCode = await matrix(io, ground, { names: [], asking, probe: false, json: false });
  return { exitCode, stdout: stdout() };
}

test('matrix() says who reaches whom', async () => {
  const { exitCode, stdout } = await asked(hostOf(PAIR));
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^✓ All 2 pairs of 2 namespaces reach each other/);
});

test.each([
  ['both', forget(forget(hostOf(PAIR), 'ns1', 'links', ROOTLESS), 'ns2', 'links', ROOTLESS)],
  ['the only one', forget(hostOf({ host: {}, ns1: ALONE }), 'ns1', 'links', ROOTLESS)],
])('matrix() says why it cannot ask where %s could not be read', async (_, host) => {
  await expect(asked(host)).rejects.toMatchObject({
    code: 'no-permission',
    message: `Cannot ask who reaches whom: ${ROOTLESS}`,
  });
});

test('matrix() says that it takes two', async () => {
  await expect(asked(hostOf({ ns1: ALONE }))).rejects.toThrow('Cannot ask who reaches whom: there is only ns1');
});
