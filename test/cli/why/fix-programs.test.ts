import { expect, test } from 'vitest';
import { missingForFix } from '../../../src/cli/why/fix-programs.ts';
import type { Cause } from '../../../src/diagnosis/diagnosis.ts';

function causeOf(...argv: readonly string[]): Cause {
  const finding = {
    code: 'conntrack-stale',
    title: 't',
    netns: 'ns1' as Cause['finding']['netns'],
    device: undefined,
    leg: 'request',
    what: 'w',
    why: 'y',
    evidence: [],
    repairs: [],
  } as const;
  return { finding, fix: [{ argv, intent: 'i', sideEffects: undefined, undo: undefined }], alternatives: [] };
}

test.each([
  ['here', ['conntrack', '-D']],
  ['in a namespace with a name', ['ip', 'netns', 'exec', 'ns1', 'conntrack', '-D']],
  ['in the namespace of a process', ['nsenter', '-t', '812', '-n', 'conntrack', '-D']],
  ['in a namespace at a path', ['nsenter', '--net=/run/x', 'conntrack', '-D']],
])('missingForFix() finds what a command starts %s', (_, argv) => {
  expect(missingForFix([causeOf(...argv)], ['nft', 'conntrack'])).toEqual([
    'A fix here runs conntrack, which is not installed (apt-get install conntrack)',
  ]);
});

test('missingForFix() does not take the name of a namespace or device for a program', () => {
  const causes = [
    causeOf('ip', '-n', 'conntrack', 'link', 'set', 'dev', 'tc', 'up'),
    causeOf('ip', 'netns', 'exec', 'nft', 'sysctl', '-w', 'net.ipv4.ip_forward=1'),
  ];
  expect(missingForFix(causes, ['conntrack', 'tc', 'nft'])).toEqual([]);
});

test('missingForFix() reads the alternatives, too', () => {
  const { fix, ...cause } = causeOf('tc', 'qdisc', 'del', 'dev', 'x', 'root');
  expect(missingForFix([{ ...cause, fix: [], alternatives: [{ intent: 'i', fix }] }], ['tc'])).toHaveLength(1);
});
