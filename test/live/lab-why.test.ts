/**
 * Every lab put to `nsdiag why`: healthy it blames nothing, each fault is named as the lab expects, in the order of the
 * path, and the printed fix, run word by word, makes the question work. Ping and connect judge.
 */

import { findLab, shippedLabs } from '../../src/lab/find.ts';
import { whyArgv } from '../../src/lab/lab-text.ts';
import type { LabQuestion } from '../../src/lab/schema.ts';
import { answers } from '../helpers/lab-judge.ts';
import { breakLab, buildLab, inWorld, liveTest, type World } from '../helpers/world.ts';

interface Cause {
  readonly code: string;
  readonly netns: string;
  readonly device: string | null;
  readonly leg: 'request' | 'reply';
  readonly fix: readonly { readonly argv: readonly [string, ...string[]] }[];
}

interface Answer {
  readonly verdict: string;
  readonly causes: readonly Cause[];
}

/** Nothing that a person would want changed is wrong there: no command repairs these. */
const WITHOUT_FIX = new Set([
  'address-not-found',
  'destination-ambiguous',
  'disconnected',
  'no-listener',
  'listener-elsewhere',
  'no-carrier',
]);

const LABS = shippedLabs().map((name) => findLab(name).lab);
const FAULTS = LABS.flatMap((lab) => lab.faults.map((fault) => ({ lab: lab.name, fault })));

async function why(world: World, question: LabQuestion): Promise<{ exitCode: number | undefined; answer: Answer }> {
  const { exitCode, stdout } = await world.nsdiag([...whyArgv(question), '--json']);
  return { exitCode, answer: JSON.parse(stdout) as Answer };
}

liveTest.concurrent.for(LABS)('why blames nothing in lab $name while it is healthy', async (lab, { expect }) => {
  await inWorld(async (world) => {
    await buildLab(world, lab.name);
    for (const { reachable, ...question } of lab.questions) {
      if (!reachable) continue;
      const { exitCode, answer } = await why(world, question);
      expect({ question, exitCode, verdict: answer.verdict, causes: answer.causes }).toEqual({
        question,
        exitCode: 0,
        verdict: 'reachable',
        causes: [],
      });
    }
  });
});

liveTest.concurrent.for(FAULTS)(
  'why names $fault.name in lab $lab, and its fix repairs it',
  async ({ lab, fault }, { expect }) => {
    await inWorld(async (world) => {
      await buildLab(world, lab);
      await breakLab(world, lab, fault.name);
      const { exitCode, answer } = await why(world, fault.question);
      expect({ exitCode, verdict: answer.verdict }).toEqual({ exitCode: 1, verdict: 'unreachable' });
      // More causes may come to light behind the expected ones; these come first, and in their order.
      const causes = answer.causes.slice(0, fault.expect.length);
      expect(causes.map(({ code, netns, device, leg }) => ({ code, netns, device, leg }))).toMatchObject(fault.expect);
      if (fault.expect.some(({ code }) => WITHOUT_FIX.has(code))) return;
      const commands = answer.causes.flatMap(({ fix }) => fix);
      expect(commands).not.toEqual([]);
      for (const { argv } of commands) expect(await world.run(argv)).toMatchObject({ exitCode: 0, stderr: '' });
      expect(await answers(world, fault.question)).toBe(true);
    });
  },
);
