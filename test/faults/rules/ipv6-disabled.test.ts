import { expect, test } from 'vitest';
import { ipv6Disabled } from '../../../src/faults/rules/ipv6-disabled.ts';
import { hostOf } from '../../helpers/build-host.ts';
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

test('ipv6-disabled sees that the way which ought to be taken is closed, where routes turn the packet back', () => {
  const forwards = { 'net/ipv6/conf/all/forwarding': 1 };
  const host = (disabled: number) =>
    hostOf({
      a: {
        links: { e: { peer: 'r1:a', addresses: ['fd00:1::1/64'] } },
        routes: ['default via fd00:1::2'],
        sysctls: forwards,
      },
      r1: {
        links: { a: { addresses: ['fd00:1::2/64'] }, b: { peer: 'r2:a', addresses: ['fd00:2::1/64'] } },
        routes: ['fd00:3::/64 via fd00:1::1'],
        sysctls: forwards,
      },
      r2: {
        links: { a: { addresses: ['fd00:2::2/64'] }, d0: { kind: 'dummy', addresses: ['fd00:3::1/64'] } },
        routes: disabled === 1 ? [] : ['fd00:1::/64 via fd00:2::1'],
        sysctls: { ...forwards, 'net/ipv6/conf/a/disable_ipv6': disabled },
      },
    });
  expect(findBy(ipv6Disabled, host(1), 'a fd00:3::1')).toMatchObject([{ netns: 'r2', device: 'a' }]);
  expect(findBy(ipv6Disabled, host(0), 'a fd00:3::1')).toEqual([]);
});

test('ipv6-disabled looks at the only way out where no wire leads to anybody', () => {
  const host = hostOf({
    a: { links: { eth0: { peer: 'unseen' } }, sysctls: { 'net/ipv6/conf/eth0/disable_ipv6': 1 } },
    b: { links: { eth0: { kind: 'dummy', addresses: ['fd00::2/64'] } } },
  });
  expect(findBy(ipv6Disabled, host, 'a fd00::2')).toMatchObject([{ netns: 'a', device: 'eth0' }]);
});
