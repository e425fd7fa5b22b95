import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { listenForInterruption } from '../../src/cli/interruption.ts';

/** A process that gets signals at times of the test's choice. */
function listening() {
  const source = new EventEmitter();
  const forced: number[] = [];
  let now = 1000;
  const interruption = listenForInterruption(
    source,
    (exitCode) => forced.push(exitCode),
    () => now,
  );
  const send = (name: NodeJS.Signals, afterMs: number) => {
    now += afterMs;
    source.emit(name, name);
  };
  return { source, forced, interruption, send };
}

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const)('listenForInterruption() aborts at the first %s and exits with %i', (name, exitCode) => {
  const { forced, interruption, send } = listening();
  expect([interruption.signal.aborted, interruption.exitCode()]).toEqual([false, undefined]);
  send(name, 0);
  expect(interruption.signal.reason).toMatchObject({ code: 'interrupted', message: `Interrupted by ${name}` });
  expect(interruption.exitCode()).toBe(exitCode);
  expect(forced).toEqual([]);
});

test('listenForInterruption() ends at once at the second signal', () => {
  const { forced, send } = listening();
  send('SIGINT', 0);
  send('SIGTERM', 1000);
  expect(forced).toEqual([130]);
});

test('listenForInterruption() takes two signals within one key press for one', () => {
  const { forced, send } = listening();
  send('SIGINT', 0);
  send('SIGINT', 5);
  expect(forced).toEqual([]);
});

test('Interruption.release() leaves no listener', () => {
  const { source, interruption } = listening();
  interruption.release();
  expect(source.eventNames()).toEqual([]);
});
