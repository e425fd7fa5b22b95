import { expect, test } from 'vitest';
import type { DeviceName } from '../../src/host/link.ts';
import { confKey, readSysctl, sysctlKey } from '../../src/host/sysctl.ts';
import { sysctlsOf } from '../../src/recording/sysctls.ts';
import { fixture, namespaceOf, namespaceWith } from './recorded.ts';

test('sysctlsOf() reads settings of the namespace and of each device', () => {
  const sysctls = sysctlsOf(namespaceOf(fixture('odd-router'), 'router'));

  expect(readSysctl(sysctls, sysctlKey('net/ipv4/ip_forward'))).toMatchObject({ known: true });
  expect(readSysctl(sysctls, confKey('ipv6', 'l0' as DeviceName, 'disable_ipv6'))).toMatchObject({ value: 0 });
  expect(readSysctl(sysctls, sysctlKey('net/bridge/bridge-nf-call-iptables'))).toMatchObject({ known: true });
  expect(sysctls.unreadable).toBeUndefined();
});

test.each(['br0.1', 'a@b', '"', '\u001b[31mred', 'a\udcffb', '-x', '$(x)'])(
  'sysctlsOf() reads the settings of a device called %j',
  (name) => {
    const sysctls = sysctlsOf(namespaceOf(fixture('odd-names'), 'names'));

    expect(readSysctl(sysctls, confKey('ipv4', name as DeviceName, 'rp_filter'))).toMatchObject({ known: true });
  },
);

test('sysctlsOf() keeps a value of several words, which is then no number', () => {
  const sysctls = sysctlsOf(namespaceWith({ sysctl: 'ipv4/ip_local_port_range:32768\t60999\n' }));

  expect(sysctls.values.get(sysctlKey('net/ipv4/ip_local_port_range'))).toBe('32768\t60999');
});

test('sysctlsOf() reads what grep could read, though it failed on other files', () => {
  const sysctls = sysctlsOf(namespaceWith({ sysctl: { exitCode: 2, stdout: 'ipv4/ip_forward:1\n' } }));

  expect(readSysctl(sysctls, sysctlKey('net/ipv4/ip_forward'))).toMatchObject({ value: 1 });
  expect(readSysctl(sysctls, sysctlKey('net/ipv4/icmp_echo_ignore_all'))).toMatchObject({ known: false });
});

test.each([
  ['grep is missing', namespaceWith({ sysctl: { exitCode: null } }), 'grep is not installed'],
  ['nothing was read', namespaceWith({ sysctl: { exitCode: 2, stderr: 'no way' } }), 'could not be read: no way'],
  ['the snapshot lacks it', namespaceWith({}), 'it holds no "sysctl"'],
  ['the namespace could not be entered', namespaceWith({}, { obstacle: 'no permission' }), 'no permission'],
])('sysctlsOf() says why when %s', (_, namespace, why) => {
  const fact = readSysctl(sysctlsOf(namespace), sysctlKey('net/ipv4/ip_forward'));

  expect(fact).toMatchObject({ known: false, why: expect.stringContaining(why) });
});
