/**
 * Every shipped lab in the kernel: healthy it answers as it says, each fault really breaks the question that shows it,
 * and `lab down` leaves nothing.
 */

import { takeDown } from '../../src/lab/down.ts';
import { findLab, shippedLabs } from '../../src/lab/find.ts';
import { answers } from '../helpers/lab-judge.ts';
import { traces } from '../helpers/traces.ts';
import { breakLab, buildLab, inWorld, liveTest } from '../helpers/world.ts';

const LABS = shippedLabs().map((name) => findLab(name).lab);

liveTest.concurrent.for(LABS)('lab $name comes up healthy, and down to nothing', async (lab, { expect }) => {
  await inWorld(async (world) => {
    const before = await traces(world);
    await buildLab(world, lab.name);
    expect(await traces(world)).not.toBe(before);
    expect(lab.questions.length).toBeGreaterThan(1);
    for (const { reachable, ...question } of lab.questions) {
      expect({ ...question, reachable: await answers(world, question) }).toEqual({ ...question, reachable });
    }
    await takeDown(world, lab.name, () => {});
    expect(await traces(world)).toBe(before);
  });
});

const FAULTS = LABS.flatMap((lab) =>
  lab.faults.map((fault) => ({ lab: lab.name, fault: fault.name, question: fault.question })),
);

liveTest.concurrent.for(FAULTS)(
  'lab $lab answers, and with the fault $fault it does not',
  async ({ lab, fault, question }, { expect }) => {
    await inWorld(async (world) => {
      const before = await traces(world);
      await buildLab(world, lab);
      expect(await answers(world, question)).toBe(true);
      await breakLab(world, lab, fault);
      expect(await answers(world, question)).toBe(false);
      await takeDown(world, lab, () => {});
      expect(await traces(world)).toBe(before);
    });
  },
);
