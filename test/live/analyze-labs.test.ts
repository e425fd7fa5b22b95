/**
 * Labs with a fault, captured at one point by plain tcpdump: `nsdiag analyze` finds what there is, and nothing in a
 * healthy one; with a snapshot it names the fault that was injected. With NSDIAG_REMAKE_CAPTURES set, what was captured becomes the captures of captures/.
 */

import { writeFileSync } from 'node:fs';
import { env } from 'node:process';
import { fileURLToPath } from 'node:url';
import { CAPTURED_LABS, captureLab, capturesOf } from '../helpers/captured-labs.ts';
import { inWorld, liveTest } from '../helpers/world.ts';

const SNAPSHOT_FILE = '/run/snapshot.json';
const CAPTURES = fileURLToPath(new URL('../../captures/', import.meta.url));

interface Document {
  readonly findings: readonly {
    readonly code: string;
    readonly severity: string;
    readonly model: { readonly causes: readonly { readonly code: string }[]; readonly proof: unknown } | null;
  }[];
}

liveTest.concurrent.for(CAPTURED_LABS)('nsdiag analyze finds what there is in $name', async (captured, { expect }) => {
  await inWorld(async (world) => {
    const files = await captureLab(world, captured);

    const { dies } = captured;
    if (dies !== undefined) await world.nsdiag(['snapshot', '-o', SNAPSHOT_FILE]);
    const snapshot = dies === undefined ? [] : ['--snapshot', SNAPSHOT_FILE];
    const { stdout, exitCode } = await world.nsdiag([
      'analyze',
      '--json',
      ...files.map(({ file }) => file),
      ...snapshot,
    ]);
    const { findings } = JSON.parse(stdout) as Document;
    const codes = findings.filter(({ severity }) => severity !== 'note').map(({ code }) => code);
    expect([...new Set(codes)].sort(), stdout).toEqual(captured.finds);
    if (dies !== undefined) {
      expect(
        findings[0]?.model?.causes.map(({ code }) => code),
        stdout,
      ).toEqual([dies]);
      expect(findings[0]?.model?.proof === null).toBe(dies === 'no-listener');
    }
    expect(exitCode).toBe(captured.finds.length > 0 ? 1 : 0);
    if (env['NSDIAG_REMAKE_CAPTURES'] === undefined) return;
    for (const [at, name] of capturesOf(captured).entries())
      writeFileSync(`${CAPTURES}${name}`, files[at]?.bytes ?? new Uint8Array());
  });
});
