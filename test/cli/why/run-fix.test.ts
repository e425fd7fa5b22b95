import { expect, test } from 'vitest';
import { type FixRun, failureOf, runFix } from '../../../src/cli/why/run-fix.ts';
import type { FixCommand } from '../../../src/diagnosis/diagnosis.ts';

const NEVER = new AbortController().signal;

function command(argv: readonly string[], undo?: readonly string[]): FixCommand {
  return { argv, intent: 'Do it', sideEffects: undefined, undo };
}

test('runFix() runs the commands in order and has no failure when all went well', async () => {
  const told: FixRun[] = [];
  const ran = await runFix([command(['true']), command(['sh', '-c', 'echo said >&2'])], NEVER, (each) =>
    told.push(each),
  );
  expect(ran.map(({ exitCode, stderr }) => [exitCode, stderr])).toEqual([
    [0, ''],
    [0, 'said\n'],
  ]);
  expect(told).toEqual(ran);
  expect(failureOf(ran)).toBeUndefined();
});

test('runFix() stops at a command that fails; the failure tells what was done and how to take it back', async () => {
  const commands = [
    command(['true'], ['ip', 'link', 'set', 'dev', '$(x)', 'down']),
    command(['true', 'for-ever']),
    command(['sh', '-c', 'echo no such thing >&2; exit 3']),
    command(['false']),
  ];
  const ran = await runFix(commands, NEVER, () => undefined);
  expect(ran).toHaveLength(3);
  expect(failureOf(ran)).toMatchObject({
    message: "Cannot run sh -c 'echo no such thing >&2; exit 3': exit code 3",
    hint: [
      'What was run before stays. To take it back:',
      '  (nothing takes back: true for-ever)',
      "  ip link set dev '$(x)' down",
    ].join('\n'),
    stderr: 'no such thing\n',
  });
});

test('runFix() says that a program is not installed, and that nothing was changed', async () => {
  const failure = failureOf(await runFix([command(['nsdiag-no-such-program'])], NEVER, () => undefined));
  expect(failure).toMatchObject({ hint: 'Nothing was changed', stderr: 'nsdiag-no-such-program is not installed' });
});

test('runFix() stops between two commands when it is interrupted', async () => {
  const controller = new AbortController();
  const running = runFix([command(['true'], ['undo', 'it']), command(['true'])], controller.signal, () =>
    controller.abort(),
  );
  await expect(running).rejects.toMatchObject({ code: 'interrupted', hint: expect.stringContaining('undo it') });
});

test('runFix() does not run a name that it could not pass on, and shows the line to paste', async () => {
  const running = runFix([command(['ip', 'link', 'set', 'dev', 'e\udcff', 'up'])], NEVER, () => undefined);
  await expect(running).rejects.toMatchObject({ hint: expect.stringContaining("ip link set dev $'e\\377' up") });
});
