import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Progress } from '../../src/cli/progress.ts';
import { memoryIo } from './memory-io.ts';

const TERMINAL = { stdoutIsTerminal: true, stderrIsTerminal: true, columns: 20 };
const CLEAR = '\r\x1b[K';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('Progress tells after a second what is going on, to whoever waits without another word', () => {
  const { io, stderr } = memoryIo({ terminal: TERMINAL });
  const progress = new Progress(io, () => Date.now());
  progress.tell('first');
  progress.tell('second');
  vi.advanceTimersByTime(999);
  expect(stderr()).toBe('');
  vi.advanceTimersByTime(1);
  expect(stderr()).toBe(`${CLEAR}second`);
  progress.done();
  expect(stderr()).toBe(`${CLEAR}second${CLEAR}`);
});

test('Progress draws a few times a second, the newest, in one line, with nothing that moves a terminal', () => {
  const { io, stderr } = memoryIo({ terminal: TERMINAL });
  const progress = new Progress(io, () => Date.now());
  vi.advanceTimersByTime(1500);
  progress.tell('at once');
  progress.tell('too early');
  progress.tell('a\x1b[2Jb, and longer than a line has room');
  vi.advanceTimersByTime(200);
  expect(stderr()).toBe(`${CLEAR}at once${CLEAR}a\\x1b[2Jb, and long`);
});

test('Progress that is done before a second is over writes nothing at all', () => {
  const { io, stderr } = memoryIo({ terminal: TERMINAL });
  const progress = new Progress(io, () => Date.now());
  progress.tell('quick');
  progress.done();
  vi.advanceTimersByTime(5000);
  expect(stderr()).toBe('');
});

test('Progress writes nothing where stderr is no terminal', () => {
  const { io, stderr } = memoryIo();
  const progress = new Progress(io, () => Date.now());
  progress.tell('slow');
  vi.advanceTimersByTime(5000);
  progress.tell('slow');
  expect(stderr()).toBe('');
});
