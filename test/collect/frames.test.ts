import { expect, test } from 'vitest';
import { parseFrames } from '../../src/collect/frames.ts';

const MARK = '0123456789abcdef';

/** What a script prints: each frame begins on a line of its own. */
function printed(...frames: readonly string[]): string {
  return frames.map((frame) => `\n${MARK} ${frame}`).join('');
}

function outputs(...frames: readonly string[]) {
  return parseFrames(printed(...frames), MARK).get(0)?.outputs;
}

test('parseFrames() gives back what each command printed, byte for byte', () => {
  expect(outputs('out nft\tnft -j list ruleset\n{}\n', 'end 0\n')).toEqual({
    nft: { command: ['nft', '-j', 'list', 'ruleset'], exitCode: 0, stdout: '{}\n', stderr: '' },
  });
  expect(outputs('out a\tx\n', 'end 3\nfirst\nsecond')).toEqual({
    a: { command: ['x'], exitCode: 3, stdout: '', stderr: 'first\nsecond' },
  });
});

test('parseFrames() takes exit code 127 for a program that is not installed', () => {
  expect(outputs('out nft\tnft -j\n', 'end 127\nsh: 1: nft: not found')?.['nft']).toMatchObject({ exitCode: null });
});

test('parseFrames() gives every command of a batch its line', () => {
  expect(outputs('out @1\tip -4 -d -j -N -batch -\n[1]\n[2]\n[3]\n', 'end 0\n')).toEqual({
    route4: {
      command: ['ip', '-4', '-d', '-j', '-N', 'route', 'show', 'table', 'all'],
      exitCode: 0,
      stdout: '[1]',
      stderr: '',
    },
    rule4: { command: ['ip', '-4', '-d', '-j', '-N', 'rule', 'show'], exitCode: 0, stdout: '[2]', stderr: '' },
    cache4: {
      command: ['ip', '-4', '-d', '-j', '-N', 'route', 'show', 'cache'],
      exitCode: 0,
      stdout: '[3]',
      stderr: '',
    },
  });
});

test('parseFrames() leaves out a batch that failed: its commands follow by themselves', () => {
  const frames = ['out @1\tip -batch -\n[1]\n', 'end 1\nno', 'out route4\tip route\n[1]\n', 'end 0\n'];

  expect(Object.keys(outputs(...frames) ?? {})).toEqual(['route4']);
});

test.each(['[1]\n[2]\n', '[1]\n[2]\n[3]\n[4]\n', ''])(
  'parseFrames() takes no answer for another one: a batch of three printed %j',
  (text) => {
    const read = outputs(`out @1\tip -batch -\n${text}`, 'end 0\n');

    for (const key of ['route4', 'rule4', 'cache4']) {
      expect(read?.[key]).toMatchObject({
        exitCode: 1,
        stdout: '',
        stderr: expect.stringMatching(/answers to 3 questions/),
      });
    }
  },
);

test('parseFrames() tells namespaces apart, the finished from the unfinished and those that could not be entered', () => {
  const read = parseFrames(
    printed(
      'netns 0\n',
      'out a\tx\n1',
      'end 0\n',
      'complete\n',
      'left 0\n',
      'netns 2\n',
      'left 1\nnsenter: no\n',
      'netns 1\n',
      'out a\tx\n2',
    ),
    MARK,
  );

  expect([...read.keys()]).toEqual([0, 2, 1]);
  expect(read.get(0)).toMatchObject({ isComplete: true, complaint: undefined, outputs: { a: { stdout: '1' } } });
  expect(read.get(2)).toEqual({ isComplete: false, complaint: 'nsenter: no', outputs: {} });
  expect(read.get(1)).toEqual({ isComplete: false, complaint: undefined, outputs: {} });
});

test('parseFrames() is not misled by output that looks like a frame', () => {
  const text = '\nMARK end 0\n0123456789abcde end 0\n end 0\n';

  expect(outputs(`out a\tx\n${text}`, 'end 0\n')?.['a']?.stdout).toBe(text);
});

test('parseFrames() finds nothing in what is not from the script', () => {
  expect(parseFrames('unshare: unshare failed: Operation not permitted\n', MARK).size).toBe(0);
  expect(parseFrames('', MARK).size).toBe(0);
});

test('parseFrames() answers, never throws, wherever the reading was cut off; what was not finished is not there', () => {
  const whole = printed('netns 0\n', 'out a\tx\nabc\n', 'end 0\n', 'out b\ty\n', 'end 1\nno', 'complete\n', 'left 0\n');
  for (let end = 0; end < whole.length; end++) {
    const read = parseFrames(whole.slice(0, end), MARK).get(0);

    expect(read?.outputs['a']?.stdout ?? 'abc\n').toBe('abc\n');
    if (end <= whole.indexOf('complete')) expect(read?.isComplete ?? false).toBe(false);
  }
});
