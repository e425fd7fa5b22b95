import { expect, test } from 'vitest';
import { findLab, shippedLabs } from '../../src/lab/find.ts';
import { hostChanges } from '../../src/lab/host-changes.ts';
import { labListText, labText, whatNext, whyLine } from '../../src/lab/lab-text.ts';
import { styleOf } from '../../src/report/text/style.ts';

const STYLE = styleOf(false, 80);
const LABS = shippedLabs().map((name) => findLab(name).lab);

test('labListText() shows each lab with its picture and its faults, in 80 columns', () => {
  const text = labListText(LABS, ['veth-host'], STYLE);
  expect(text).toContain(`
veth-host       one namespace, wired to the host with a veth pair (up)
  ns1 [veth1 10.1.1.1/24]----[veth0 10.1.1.2/24] host
  faults: host-end-down, namespace-end-down, lo-down, no-address,
          no-prefix-length, another-address, stale-neighbor, echo-ignored,
          ping-rejected
`);
  expect(text.split('\n').filter((line) => line.length > 80)).toEqual([]);
});

test.each(LABS)('labText() tells every question and every fault of $name, in 80 columns', (lab) => {
  const text = labText(lab, [], STYLE);
  for (const { name, question } of lab.faults) {
    expect(text).toContain(`\n  ${name}\n`);
    expect(text).toContain(`\n    ${whyLine(question)}\n`);
  }
  expect(text.split('\n').filter((line) => line.length > 80)).toEqual([]);
});

test('whyLine() is the command to paste', () => {
  expect(whyLine({ from: 'ns1', to: '10.0.0.2', proto: 'icmp' })).toBe('nsdiag why ns1 10.0.0.2');
  expect(whyLine({ from: 'ns1', to: '::1', proto: 'tcp', port: 80 })).toBe('nsdiag why ns1 ::1 --proto tcp --port 80');
});

test('whatNext() makes the words of a lab file harmless to a terminal', () => {
  const lab = { ...findLab('veth-pair').lab, picture: 'ns1\u001b[2J' };
  expect(whatNext(lab)[0]).toBe('Lab "veth-pair" is up: ns1\\x1b[2J');
});

test('hostChanges() says what a lab changes on the machine itself, and how to leave it alone', () => {
  expect(hostChanges(findLab('bridge-nat').lab)).toEqual([
    'Lab "bridge-nat" changes this machine\'s own network; nsdiag lab down bridge-nat takes it back:',
    '  sysctl net.ipv4.ip_forward',
    '  sysctl net.bridge.bridge-nf-call-iptables',
    '  device br0',
    '  device br0.1',
    '  device up0',
    '  what this removes: iptables -t nat -D POSTROUTING -s 192.168.10.0/24 -o up0 -j MASQUERADE',
    'To leave the machine alone: nsdiag lab shell bridge-nat',
  ]);
});

test('hostChanges() is silent about a lab that keeps to its own namespaces', () => {
  expect(hostChanges(findLab('veth-pair').lab)).toEqual([]);
});
