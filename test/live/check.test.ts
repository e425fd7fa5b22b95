/** `nsdiag check` on a lab, whole, then broken: a test run of its own. */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { breakLab, buildLab, inWorld, liveTest, until } from '../helpers/world.ts';

const FILE = `
expectations:
  - { from: h1, reaches: h2, via: [r1, "r2:to-r1", r3] }
  - { from: h1, does-not-reach: h2, port: 22, dies-in: r2, code: firewall-drop }
`;

liveTest(
  'check holds a network against its file, and says in JUnit and by its exit code what does not hold',
  async () => {
    await inWorld(async (world) => {
      await buildLab(world, 'router-chain');
      writeFileSync(join(world.root, 'run/net.yaml'), FILE);
      const check = async (...words: readonly string[]) => world.nsdiag(['check', '/run/net.yaml', ...words]);
      await until(async () => (await check()).exitCode === 0, 'a lab in which all holds');
      await breakLab(world, 'router-chain', 'forwarding-off');
      const { exitCode, stdout } = await check('--tap', '--no-probe', '--junit', '/run/report.xml');

      expect(exitCode).toBe(1);
      expect(stdout.split('\n').filter((line) => /^(not )?ok/.test(line))).toEqual([
        'not ok 1 - h1 reaches h2 (by r1, r2:to-r1, r3)',
        'not ok 2 - h1 does not reach h2 (tcp port 22)',
      ]);
      expect(readFileSync(join(world.root, 'run/report.xml'), 'utf8')).toContain('tests="2" failures="2" errors="0"');

      writeFileSync(join(world.root, 'run/net.yaml'), 'expectations: [{ from: nobody, reaches: h2 }]\n');
      const asked = await check('--json', '--no-probe');
      expect(asked.exitCode).toBe(2);
      expect(JSON.parse(asked.stdout)).toMatchObject({
        counts: { notAsked: 1 },
        expectations: [{ result: 'not-asked' }],
      });
    });
  },
);
