import { expect, test } from 'vitest';
import { settingOf, withSysctlFiles } from '../../../src/cli/why/sysctl-files.ts';
import type { Diagnosis } from '../../../src/diagnosis/diagnosis.ts';

const KEY = 'net/ipv4/ip_forward';
const file = (text: string, path = '/etc/sysctl.d/10-router.conf') => ({ path, text });

test.each([
  ['net.ipv4.ip_forward=0', '0'],
  ['  net/ipv4/ip_forward = 1  ', '1'],
  ['-net.ipv4.ip_forward = 1', '1'],
  ['net.ipv4.ip_forward = 1\nnet.ipv4.ip_forward = 0', '0'],
  ['# net.ipv4.ip_forward = 1', undefined],
  ['; net.ipv4.ip_forward = 1', undefined],
  ['net.ipv4.ip_forward_use_pmtu = 1', undefined],
])('settingOf() reads %j', (text, value) => {
  expect(settingOf(KEY, [file(text)])?.value).toBe(value);
});

test('settingOf() knows a device with a dot in its name, and every device', () => {
  const key = 'net/ipv4/conf/br0.1/forwarding';
  expect(settingOf(key, [file('net.ipv4.conf.br0/1.forwarding = 1')])?.value).toBe('1');
  expect(settingOf(key, [file('net.ipv4.conf.*.forwarding = 0')])?.value).toBe('0');
  expect(settingOf(key, [file('net.ipv4.conf.br0.1.forwarding = 1')])).toBeUndefined();
});

test('settingOf() names the file that has the last word', () => {
  const files = [file('net.ipv4.ip_forward=1'), file('net.ipv4.ip_forward=0', '/etc/sysctl.conf')];
  expect(settingOf(KEY, files)).toEqual({ path: '/etc/sysctl.conf', value: '0' });
});

function sideEffects(argv: readonly string[], text: string): string | undefined {
  const fix = [{ argv, intent: '', sideEffects: 'It routes', undo: undefined }];
  const inFix = withSysctlFiles(diagnosisOf(fix, []), () => [file(text)]);
  const inAlternative = withSysctlFiles(diagnosisOf([], fix), () => [file(text)]);
  const [cause] = inAlternative.causes;
  expect(cause?.alternatives[0]?.fix).toEqual(inFix.causes[0]?.fix);
  return inFix.causes[0]?.fix[0]?.sideEffects;
}

function diagnosisOf(fix: readonly unknown[], alternative: readonly unknown[]): Diagnosis {
  return { causes: [{ fix, alternatives: [{ intent: '', fix: alternative }] }] } as unknown as Diagnosis;
}

test('withSysctlFiles() warns of the file that will set another value again', () => {
  expect(sideEffects(['sysctl', '-w', `${KEY}=1`], 'net.ipv4.ip_forward=0')).toBe(
    'It routes. /etc/sysctl.d/10-router.conf sets net/ipv4/ip_forward = 0 again at boot',
  );
});

test.each([
  ['the file sets what the fix sets', ['sysctl', '-w', `${KEY}=1`], 'net.ipv4.ip_forward=1'],
  ['no file sets it', ['sysctl', '-w', `${KEY}=1`], ''],
  ['it is of another namespace', ['ip', 'netns', 'exec', 'r', 'sysctl', '-w', `${KEY}=1`], 'net.ipv4.ip_forward=0'],
])('withSysctlFiles() says no more where %s', (_, argv, text) => {
  expect(sideEffects(argv, text)).toBe('It routes');
});
