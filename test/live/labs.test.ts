/**
 * Every shipped lab and every fault of it, once, in the kernel: the lab answers; with the fault it does not; the model on
 * the collected host (redacted too, in other words) and `nsdiag why` on the live one name the fault as the lab says, in the order of the path; the
 * printed fix, run word by word, makes it answer; and `lab down` leaves nothing. Ping, connect and datagrams judge.
 */

import type { ExpectStatic } from 'vitest';
import { predict } from '../../src/diagnosis/predict.ts';
import type { Host } from '../../src/host/host.ts';
import { takeDown } from '../../src/lab/down.ts';
import { findLab, shippedLabs } from '../../src/lab/find.ts';
import { whyArgv } from '../../src/lab/lab-text.ts';
import type { LabQuestion } from '../../src/lab/schema.ts';
import { parseAddress } from '../../src/net/address.ts';
import { hostOf } from '../../src/recording/to-host.ts';
import type { Question } from '../../src/walk/question.ts';
import { ask } from '../helpers/ask.ts';
import { collectIn, recordIn } from '../helpers/collect-world.ts';
import { answers } from '../helpers/lab-judge.ts';
import { skipWithout } from '../helpers/lab-needs.ts';
import { inOtherWords } from '../helpers/redaction.ts';
import { traces } from '../helpers/traces.ts';
import { breakLab, buildLab, inWorld, liveTest, until, type World } from '../helpers/world.ts';

type Command = readonly [program: string, ...args: string[]];

interface Cause {
  readonly code: string;
  readonly netns: string;
  readonly device: string | null;
  readonly leg: 'request' | 'reply';
  readonly fix: readonly { readonly argv: Command }[];
}

interface Answer {
  readonly verdict: string;
  readonly causes: readonly Cause[];
}

/** For these nsdiag has no command: somebody has to start a service, plug in a wire, or ask for another address. */
const WITHOUT_FIX = new Set([
  'address-not-found',
  'destination-ambiguous',
  'disconnected',
  'no-listener',
  'listener-elsewhere',
  'no-carrier',
  'unexplained-loss',
]);

/** What only the wire and the kernel can tell: the model alone is undecided about a program, and says so. */
const SAID_BY_WITNESSES = new Set(['unexplained-loss', 'xdp-drop', 'bad-offload']);

/**
 * These take a MAC away that a bridge, or a neighbour, has learned while all was well and keeps for a while: the model
 * follows no learned FDB entry, and no fix makes anybody forget. They are told of here, and asked without that memory.
 */
const OUTLIVED_BY_MEMORY = new Set(['vxlan-overlay stale-fdb', 'macvlan child-and-parent']);

const FORGET = `for netns in $(ip netns list | cut -d' ' -f1); do
  ip -n "$netns" neigh flush all
  for bridge in $(ip -n "$netns" -o link show type bridge | cut -d: -f2); do
    ip -n "$netns" link set dev "$bridge" type bridge fdb_flush
  done
done`;

const LABS = shippedLabs().map((name) => findLab(name).lab);
const FAULTS = LABS.flatMap((lab) => lab.faults.map((fault) => ({ lab: lab.name, fault: fault.name, ...fault })));

liveTest.concurrent.for(LABS)(
  'lab $name comes up healthy, why blames nothing in it, and it goes down to nothing',
  async (lab, { expect }) => {
    await inWorld(async (world) => {
      const before = await traces(world);
      await buildLab(world, lab.name);
      expect(await traces(world)).not.toBe(before);
      expect(lab.questions.length).toBeGreaterThan(1);
      for (const { reachable, ...question } of lab.questions) {
        if (!reachable) {
          expect({ ...question, reachable: await answers(world, question) }).toEqual({ ...question, reachable });
          continue;
        }
        await until(() => answers(world, question), `an answer to ${JSON.stringify(question)}`);
        const healthy = { exitCode: 0, verdict: 'reachable', causes: [] };
        expect({ question, ...(await why(world, question)) }).toEqual({ question, ...healthy });
      }
      await takeDown(world, lab.name, () => {});
      expect(await traces(world)).toBe(before);
    });
  },
);

liveTest.concurrent.for(FAULTS)(
  'lab $lab breaks by $fault, which model and why name, and the printed fix repairs',
  async ({ lab, fault, question, expect: expected }, { expect, skip }) => {
    await inWorld(async (world) => {
      const codes = expected.map(({ code }) => code);
      await skipWithout(world, codes, skip);
      const before = await traces(world);
      await buildLab(world, lab);
      await until(() => answers(world, question), 'an answer before the fault');
      if (!isByName(question)) expect(causesOf(await collectIn(world), question)).toEqual([]);

      if (OUTLIVED_BY_MEMORY.has(`${lab} ${fault}`)) await world.sh(FORGET);
      await breakLab(world, lab, fault);
      expect(await answers(world, question)).toBe(false);
      if (!isByName(question) && !codes.some((code) => SAID_BY_WITNESSES.has(code))) {
        const recording = await recordIn(world);
        const predicted = causesOf(hostOf(recording), question);
        expect(predicted.map(({ finding }) => finding)).toMatchObject(expected);
        const { plain, redacted, leaks } = inOtherWords(recording, asked(question));
        expect({ redacted, leaks }).toEqual({ redacted: plain, leaks: [] });
      }

      const { exitCode, verdict, causes } = await why(world, question);
      expect({ exitCode, verdict }).toEqual({ exitCode: 1, verdict: 'unreachable' });
      // More causes may come to light behind the expected ones; these come first, and in their order.
      const first = causes.slice(0, expected.length);
      expect(first.map(({ code, netns, device, leg }) => ({ code, netns, device, leg }))).toMatchObject(expected);

      const commands = causes.flatMap(({ fix }) => fix.map(({ argv }) => argv));
      const repaired = expected.filter(({ code }) => code !== 'name-unresolved');
      const isRepaired = repaired.length > 0 && repaired.every(({ code }) => !WITHOUT_FIX.has(code));
      if (isRepaired) await repairs(world, question, commands, expect);
      await goesDown(world, { lab, fault, before, commands }, expect);
    });
  },
);

async function why(world: World, question: LabQuestion): Promise<Answer & { readonly exitCode: number | undefined }> {
  const { exitCode, stdout } = await world.nsdiag([...whyArgv(question), '--json']);
  const { verdict, causes } = JSON.parse(stdout) as Answer;
  return { exitCode, verdict, causes };
}

/** Names are looked up by `why`; the model alone is asked for addresses. */
function isByName({ to }: LabQuestion): boolean {
  return parseAddress(to) === undefined;
}

function causesOf(host: Host, question: LabQuestion) {
  return predict(host, asked(question)).causes;
}

function asked({ from, to, proto, port, sourcePort, size }: LabQuestion): Question {
  const sized = size === undefined ? {} : { payloadBytes: size, dontFragment: true as const };
  return proto === 'icmp' || port === undefined
    ? ask(from, to, sized)
    : ask(from, to, {
        to: `${proto}/${port}` as 'tcp/1',
        ...(sourcePort === undefined ? {} : { sourcePort }),
      });
}

async function repairs(world: World, question: LabQuestion, commands: readonly Command[], expect: ExpectStatic) {
  expect(commands).not.toEqual([]);
  for (const argv of commands) {
    const { exitCode, stderr } = await world.run(argv);
    // conntrack reports what it did on stderr.
    const complaint = argv.includes('conntrack') ? '' : stderr;
    expect({ argv, exitCode, complaint }).toEqual({ argv, exitCode: 0, complaint: '' });
  }
  // A device whose other end comes up may lose packets for a second, until the kernel's link watch has run.
  await until(() => answers(world, question), 'an answer after the printed fix');
}

interface Down {
  readonly lab: string;
  readonly fault: string;
  readonly before: string;
  readonly commands: readonly Command[];
}

/** What a fix did to the host itself is the person's, and stays; then only a broken lab that nobody repaired can tell. */
async function goesDown(world: World, { lab, fault, before, commands }: Down, expect: ExpectStatic): Promise<void> {
  await takeDown(world, lab, () => {});
  if (!commands.some(isOfTheHost)) {
    expect(await traces(world)).toBe(before);
    return;
  }
  const repaired = await traces(world);
  await buildLab(world, lab);
  await breakLab(world, lab, fault);
  await takeDown(world, lab, () => {});
  expect(await traces(world)).toBe(repaired);
}

function isOfTheHost([program, first, second]: Command): boolean {
  return !(program === 'ip' && (first === '-n' || (first === 'netns' && second === 'exec'))) && program !== 'nsenter';
}
