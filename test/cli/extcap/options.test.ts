import { expect, test } from 'vitest';
import { CONFIG_LINES, captureOptions } from '../../../src/cli/extcap/options.ts';

test('captureOptions() takes whole packets of both directions where nobody opened the dialog', () => {
  expect(captureOptions(undefined, undefined)).toEqual({ snapLengthBytes: 262_144, direction: 'inout' });
});

test('captureOptions() takes all that the dialog offers, and nothing else', () => {
  const offered = CONFIG_LINES.flatMap((line) => /^value .*\{value=(\w+)\}/.exec(line)?.[1] ?? []);
  expect(offered).toEqual(['inout', 'in', 'out']);
  for (const direction of offered)
    expect(captureOptions('128', direction)).toEqual({ snapLengthBytes: 128, direction });
  for (const bytes of ['', '63', '262145', '1e9', '-1', 'x', '12.5']) {
    expect(() => captureOptions(bytes, 'in')).toThrow('Cannot use --snaplen');
  }
  expect(() => captureOptions('128', 'constructor')).toThrow('Cannot use --direction');
});
