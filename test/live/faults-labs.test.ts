/**
 * Every fault of every shipped lab, in the kernel: the model names it as the lab says it is, on the host that was
 * collected; and after the printed commands the question is answered.
 */

import { predict } from '../../src/diagnosis/predict.ts';
import type { Host } from '../../src/host/host.ts';
import { findLab, shippedLabs } from '../../src/lab/find.ts';
import type { LabQuestion } from '../../src/lab/schema.ts';
import type { Argv } from '../../src/system/run.ts';
import type { Question } from '../../src/walk/question.ts';
import { collectedIn } from '../faults/collected.ts';
import { ask } from '../helpers/ask.ts';
import { answers } from '../helpers/lab-judge.ts';
import { breakLab, buildLab, inWorld, liveTest } from '../helpers/world.ts';

const LABS = shippedLabs().map((name) => findLab(name).lab);

const FAULTS = LABS.flatMap((lab) =>
  lab.faults.map((fault) => ({ lab: lab.name, fault: fault.name, question: fault.question, expected: fault.expect })),
);

/** Codes for which nsdiag has no command: somebody has to start a service, or ask for another address. */
const WITHOUT_FIX = ['no-listener', 'listener-elsewhere', 'address-not-found', 'destination-ambiguous', 'disconnected'];

function asked({ from, to, proto, port, size }: LabQuestion): Question {
  const sized = size === undefined ? {} : { payloadBytes: size, dontFragment: true as const };
  return proto === 'icmp' || port === undefined
    ? ask(from, to, sized)
    : ask(from, to, { to: `${proto}/${port}` as 'tcp/1' });
}

function causesOf(host: Host, question: LabQuestion) {
  return predict(host, asked(question)).causes;
}

liveTest.concurrent.for(FAULTS)(
  'predict() names and repairs $fault of lab $lab',
  async ({ lab, fault, question, expected }, { expect }) => {
    await inWorld(async (world) => {
      await buildLab(world, lab);
      expect(causesOf(await collectedIn(world), question)).toEqual([]);
      await breakLab(world, lab, fault);
      const causes = causesOf(await collectedIn(world), question);
      expect(causes.map(({ finding }) => finding)).toMatchObject(expected);
      const commands = causes.flatMap(({ fix }) => fix.map(({ argv }) => argv));
      expect(commands.length === 0).toBe(expected.every(({ code }) => WITHOUT_FIX.includes(code)));
      for (const argv of commands) {
        const { exitCode, stderr } = await world.run(argv as unknown as Argv);
        expect({ argv, exitCode, stderr }).toEqual({ argv, exitCode: 0, stderr: '' });
      }
      expect(await answers(world, question)).toBe(commands.length > 0);
    });
  },
);
