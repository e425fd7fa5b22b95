import { expect, test } from 'vitest';
import { ipv6Disabled } from '../../../src/faults/rules/ipv6-disabled.ts';
import { after, commandsFor, endOf, findBy } from '../diagnose.ts';
import { pair } from '../worlds.ts';

test('ipv6-disabled names the interface and switches IPv6 on', () => {
  const host = pair({ ns2: { sysctls: { 'net/ipv6/conf/all/disable_ipv6': 1 } } });
  const findings = findBy(ipv6Disabled, host, 'ns1 fd00::2');
  expect(findings).toMatchObject([{ code: 'ipv6-disabled', netns: 'ns2', device: 'veth1', leg: 'request' }]);
  expect(findings[0]?.evidence.length).toBeGreaterThan(0);
  expect(commandsFor(host, findings[0])).toEqual([
    'ip netns exec ns2 sysctl -w net/ipv6/conf/veth1/disable_ipv6=0',
    'ip -n ns2 addr add fd00::2/64 dev veth1 nodad',
  ]);
  expect(endOf(after(host, findings[0]?.repairs[0]), 'ns1 fd00::2')).toBe('answered');
});

test("ipv6-disabled is silent when IPv6 is on and the address is nobody's", () => {
  expect(findBy(ipv6Disabled, pair(), 'ns1 fd00::77')).toEqual([]);
});
