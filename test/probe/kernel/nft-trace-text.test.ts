import { expect, test } from 'vitest';
import { readNftTrace } from '../../../src/probe/kernel/nft-trace-text.ts';

const OWN = 'nsdiag-17';

/** As nft 1.0.6 prints it. */
function packet(id: string, isOurs: boolean, ...rest: readonly string[]): string {
  const match = 'icmp type echo-request @th,192,64 0x1122334455667788 meta nftrace set 1';
  return [
    `trace id ${id} inet ${OWN} prerouting packet: iif "v2" ether saddr 32:00:ad:dd:09:a9 ip saddr 10.0.1.1 ip length 84 `,
    ...(isOurs
      ? [`trace id ${id} inet ${OWN} prerouting rule ${match} comment "nsdiag request" # handle 2 (verdict continue)`]
      : []),
    `trace id ${id} inet ${OWN} prerouting policy accept `,
    ...rest.map((line) => `trace id ${id} ${line}`),
    '',
  ].join('\n');
}

const DROP = 'ip filter INPUT rule meta l4proto icmp  counter packets 4 bytes 336 drop # handle 3 (verdict drop)';

test('readNftTrace() names the rule that dropped our packet, without its counters', () => {
  const jump = 'ip filter INPUT rule counter packets 1 bytes 84 jump X # handle 4 (verdict jump X)';
  expect(readNftTrace(packet('a1', true, jump, DROP), OWN)).toEqual([
    {
      leg: 'request',
      family: 'ip',
      table: 'filter',
      chain: 'INPUT',
      handle: 3,
      text: 'meta l4proto icmp drop',
      verdict: 'drop',
    },
  ]);
});

test('readNftTrace() leaves out counters wherever they stand', () => {
  const drop =
    'ip6 filter FORWARD rule counter packets 1 bytes 104 reject with icmpv6 admin-prohibited # handle 2 (verdict drop)';
  expect(readNftTrace(packet('a1', true, drop), OWN)).toMatchObject([{ text: 'reject with icmpv6 admin-prohibited' }]);
});

test('readNftTrace() names the policy that dropped it', () => {
  expect(readNftTrace(packet('a1', true, 'inet z c policy drop '), OWN)).toMatchObject([
    { table: 'z', chain: 'c', handle: undefined, text: 'policy drop' },
  ]);
});

test('readNftTrace() leaves out what somebody else traces, and another nsdiag', () => {
  expect(readNftTrace(packet('a1', false, DROP), OWN)).toEqual([]);
  expect(readNftTrace(packet('a1', true, DROP), 'nsdiag-18')).toEqual([]);
});

test('readNftTrace() has nothing to say of a packet that passes', () => {
  const accept = 'ip filter INPUT rule icmp type echo-request accept # handle 9 (verdict accept)';
  expect(readNftTrace(packet('a1', true, accept, 'inet z c policy accept '), OWN)).toEqual([]);
});
