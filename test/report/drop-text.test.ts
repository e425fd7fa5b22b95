import { expect, test } from 'vitest';
import type { DropReason } from '../../src/journey/fate.ts';
import type { Packet } from '../../src/journey/packet.ts';
import { fateText } from '../../src/report/drop-text.ts';
import { address, device, netns } from './example-diagnoses.ts';

const lookup = { destination: address('10.0.2.1'), source: undefined, inDevice: undefined, mark: 0 };
const ref = { netns: netns('ns1'), device: device('veth0') };
const rule = {
  machinery: 'nft' as const,
  family: 'inet' as const,
  table: 'filter',
  chain: 'input',
  handle: 7,
  position: 2,
  text: 'drop',
};

const PACKET: Packet = {
  source: address('10.0.1.1'),
  destination: address('10.0.2.1'),
  transport: { protocol: 'icmp', message: 'echo-request', id: 1 },
  lengthBytes: 84,
  dontFragment: true,
  ttl: 64,
  mark: 0,
};

const CASES: readonly (readonly [DropReason, string])[] = [
  [{ kind: 'no-route', lookup }, 'no route to 10.0.2.1'],
  [
    { kind: 'not-forwarding', inDevice: device('r1'), key: 'net/ipv4/conf/r1/forwarding', value: 0 },
    'net/ipv4/conf/r1/forwarding is 0',
  ],
  [
    {
      kind: 'frame-blocked',
      block: { at: ref, because: 'port-not-forwarding' },
      mac: undefined,
    },
    'the frame stops at ns1 veth0: port not forwarding',
  ],
  [
    {
      kind: 'filtered',
      hook: 'input',
      rule,
      verdict: 'reject',
      with: undefined,
      bridged: false,
      packet: PACKET,
      inDevice: undefined,
      outDevice: undefined,
    },
    'rejected by nft inet filter input handle 7',
  ],
  [
    { kind: 'mtu-exceeded', packet: PACKET, lengthBytes: 1500, mtu: 1400, at: ref, by: { kind: 'device' } },
    '1500 bytes do not fit MTU 1400, in silence',
  ],
  [
    { kind: 'reply-not-recognised', expected: address('10.0.2.1'), got: address('10.0.3.1') },
    'the answer comes from 10.0.3.1, 10.0.2.1 was asked',
  ],
];

test.each(CASES)('fateText() of $kind says what the kernel met', (reason, text) => {
  const fate = { kind: 'dropped', netns: netns('ns1'), device: undefined, reason } as const;
  expect(fateText(fate)).toBe(`dies: ${text}`);
});

test('fateText() names the MAC that nobody has', () => {
  const reason = {
    kind: 'mac-unowned',
    nexthop: address('fd00::1'),
    mac: '02:00:00:00:00:01' as never,
    entry: {} as never,
    search: { nexthop: address('fd00::1'), reached: [], blocks: [] },
  } as const;
  expect(fateText({ kind: 'dropped', netns: netns('ns1'), device: undefined, reason })).toBe(
    'dies: nobody here has the MAC 02:00:00:00:00:01 of fd00::1',
  );
});

test('fateText() names every reason why it cannot decide, and needs no words for what arrived', () => {
  expect(fateText({ kind: 'undecided', netns: netns('ns1'), because: ['a', 'b'] })).toBe('not decided: a; b');
  expect(fateText({ kind: 'delivered', netns: netns('ns1') })).toBeUndefined();
});
