/** Every kind of condition: a packet that meets it, the nearest one that does not, and what cannot be told. */

import { expect, test } from 'vitest';
import type { DeviceName } from '../../../src/host/link.ts';
import type { Match } from '../../../src/host/ruleset.ts';
import type { Packet } from '../../../src/journey/packet.ts';
import { parsePrefix } from '../../../src/net/prefix.ts';
import { holds } from '../../../src/walk/netfilter/match.ts';
import type { Situation } from '../../../src/walk/netfilter/situation.ts';
import type { Tristate } from '../../../src/walk/netfilter/tristate.ts';
import { addr, port } from '../../helpers/iproute-text.ts';
import { packet, to } from './hook.ts';

/** An echo request on its way from re1 to re2, the first of its connection. */
function situation(change: Partial<Situation> = {}): Situation {
  const sent = change.packet ?? packet();
  return {
    packet: sent,
    family: sent.destination.includes(':') ? 'inet6' : 'inet',
    inDevice: 're1' as DeviceName,
    outDevice: 're2' as DeviceName,
    inPort: undefined,
    outPort: undefined,
    state: 'new',
    tracked: { connection: connection(), direction: 'original' },
    addressType: () => 'unicast',
    routeTo: () => ({ isLocal: false, devices: ['re1' as DeviceName] }),
    sender: 'nobody',
    isPrerouting: false,
    ...change,
  };
}

function connection(translated: Packet = packet(), mark = 0) {
  const settled = { source: true, destination: true };
  return { netns: 'r' as never, original: packet(), translated, mark, answered: false, settled };
}

function prefix(text: string) {
  const parsed = parsePrefix(text);
  if (parsed === undefined) throw new Error(text);
  return parsed;
}

const SYN = situation({ packet: packet({ transport: to('tcp', 80) }) });
const ECHO6 = situation({ packet: packet({ source: addr('fd01::2'), destination: addr('fd02::2') }) });
const UNTRACKED = situation({ state: 'untracked', tracked: undefined });
const TRANSLATED = situation({
  tracked: { connection: connection(packet({ source: addr('10.0.2.1') }), 5), direction: 'reply' },
});
const device = (side: 'in' | 'out', name: string, wildcard = false): Match => ({
  kind: 'device',
  side,
  negate: false,
  names: [{ name, wildcard }],
});
const bridgePort = (name: string, wildcard = false): Match => ({
  kind: 'bridge-port',
  side: 'in',
  negate: false,
  names: [{ name, wildcard }],
});
const NETWORK: Match = {
  kind: 'address',
  side: 'source',
  negate: false,
  prefixes: [prefix('192.0.2.0/24'), prefix('10.0.1.0/24')],
};
const UNMODELLED: Match = { kind: 'unmodelled', text: 'limit' };

const CASES: readonly (readonly [string, Match, Situation, Tristate])[] = [
  ['a source in one of the nets', NETWORK, situation(), true],
  ['a source in none', NETWORK, situation({ packet: packet({ source: addr('10.0.3.2') }) }), false],
  ['an IPv6 source in none of IPv4', NETWORK, ECHO6, false],
  [
    'the last address of a range',
    {
      kind: 'address-range',
      side: 'destination',
      negate: false,
      family: 'inet',
      first: 0x0a000200n,
      last: 0x0a000202n,
    },
    situation(),
    true,
  ],
  [
    'the one behind it',
    {
      kind: 'address-range',
      side: 'destination',
      negate: false,
      family: 'inet',
      first: 0x0a000200n,
      last: 0x0a000201n,
    },
    situation(),
    false,
  ],
  ['a device', device('in', 're1'), situation(), true],
  ['the beginning of its name', device('in', 're'), situation(), false],
  ['the beginning, as a wildcard', device('out', 're', true), situation(), true],
  ['no device', device('out', 're2'), situation({ outDevice: undefined }), false],
  ['no device, for every name', device('out', '', true), situation({ outDevice: undefined }), true],
  ['a bridge port', bridgePort('pa'), situation({ inPort: 'pa' as DeviceName }), true],
  ['another bridge port', bridgePort('pa'), situation({ inPort: 'pb' as DeviceName }), false],
  ['no bridge port, for every name', bridgePort('', true), situation(), false],
  ['a bridge port that nobody told', bridgePort('pa'), situation({ inPort: { unknown: 'which' } }), 'unknown'],
  [
    'a bridge port of which nobody told the name, for every name',
    bridgePort('', true),
    situation({ inPort: { unknown: 'which' } }),
    true,
  ],
  [
    'a bridge port that perhaps is none, for every name',
    bridgePort('', true),
    situation({ inPort: { unknown: 'whether' } }),
    'unknown',
  ],
  ['a protocol', { kind: 'protocol', negate: false, protocols: [6, 17] }, SYN, true],
  ['another protocol', { kind: 'protocol', negate: false, protocols: [6, 17] }, situation(), false],
  ['ICMP in IPv6', { kind: 'protocol', negate: false, protocols: [1] }, ECHO6, false],
  ['a family', { kind: 'family', negate: false, families: ['inet6'] }, ECHO6, true],
  ['the other family', { kind: 'family', negate: false, families: ['inet6'] }, situation(), false],
  [
    'a port',
    {
      kind: 'port',
      side: 'destination',
      negate: false,
      ranges: [
        [22, 22],
        [80, 90],
      ],
    },
    SYN,
    true,
  ],
  ['the port of the other side', { kind: 'port', side: 'source', negate: false, ranges: [[80, 90]] }, SYN, false],
  ['a port of either side', { kind: 'port', side: 'either', negate: false, ranges: [[40000, 40000]] }, SYN, true],
  ['a port of ICMP', { kind: 'port', side: 'either', negate: false, ranges: [[80, 80]] }, situation(), 'unknown'],
  [
    'an ICMP type',
    { kind: 'icmp', family: 'inet', negate: false, types: [[8, 8]], codes: [[0, 0]] },
    situation(),
    true,
  ],
  [
    'another code',
    { kind: 'icmp', family: 'inet', negate: false, types: [[8, 8]], codes: [[1, 255]] },
    situation(),
    false,
  ],
  [
    'an ICMP type in IPv6',
    { kind: 'icmp', family: 'inet', negate: true, types: [[0, 0]], codes: undefined },
    ECHO6,
    false,
  ],
  [
    'a type that TCP has not',
    { kind: 'icmp', family: 'inet', negate: true, types: [[0, 0]], codes: undefined },
    SYN,
    false,
  ],
  ['a state', { kind: 'ct-state', negate: false, states: ['new', 'untracked'] }, situation(), true],
  ['another state', { kind: 'ct-state', negate: false, states: ['established'] }, situation(), false],
  [
    'a state in a bridge',
    { kind: 'ct-state', negate: false, states: ['new'] },
    situation({ state: 'unknown' }),
    'unknown',
  ],
  ['a translated source', { kind: 'ct-status', negate: false, statuses: ['snat'] }, TRANSLATED, true],
  ['a translated destination', { kind: 'ct-status', negate: false, statuses: ['dnat'] }, TRANSLATED, false],
  [
    'anything but translated, without a connection',
    { kind: 'ct-status', negate: true, statuses: ['dnat'] },
    UNTRACKED,
    false,
  ],
  ['a direction', { kind: 'ct-direction', negate: false, direction: 'reply' }, TRANSLATED, true],
  ['the other direction', { kind: 'ct-direction', negate: false, direction: 'reply' }, situation(), false],
  ['any direction, without a connection', { kind: 'ct-direction', negate: true, direction: 'reply' }, UNTRACKED, false],
  [
    'bits of a mark',
    { kind: 'mark', of: 'packet', negate: false, value: 0x10, mask: 0xf0 },
    situation({ packet: packet({ mark: 0x1f }) }),
    true,
  ],
  [
    'all bits of a mark',
    { kind: 'mark', of: 'packet', negate: false, value: 0x10, mask: 0xffffffff },
    situation({ packet: packet({ mark: 0x1f }) }),
    false,
  ],
  [
    'the highest bit of a mark',
    { kind: 'mark', of: 'packet', negate: false, value: 0x80000000, mask: 0x80000000 },
    situation({ packet: packet({ mark: 0x80000001 }) }),
    true,
  ],
  [
    'a connection mark',
    { kind: 'mark', of: 'connection', negate: false, value: 5, mask: 0xffffffff },
    TRANSLATED,
    true,
  ],
  [
    "the packet's own mark instead",
    { kind: 'mark', of: 'connection', negate: false, value: 5, mask: 0xffffffff },
    situation({ packet: packet({ mark: 5 }) }),
    false,
  ],
  [
    'no connection mark',
    { kind: 'mark', of: 'connection', negate: false, value: 0, mask: 0xffffffff },
    UNTRACKED,
    false,
  ],
  [
    'a type of address',
    { kind: 'address-type', side: 'destination', negate: false, types: ['local', 'unicast'] },
    situation(),
    true,
  ],
  [
    'another type of address',
    { kind: 'address-type', side: 'destination', negate: false, types: ['local'] },
    situation(),
    false,
  ],
  [
    'a type that cannot be told',
    { kind: 'address-type', side: 'source', negate: false, types: ['local'] },
    situation({ addressType: () => undefined }),
    'unknown',
  ],
  ['SYN alone', { kind: 'tcp-flags', negate: false, mask: 0x17, set: 0x02 }, SYN, true],
  ['SYN with ACK', { kind: 'tcp-flags', negate: false, mask: 0x12, set: 0x12 }, SYN, false],
  [
    'flags that UDP has not',
    { kind: 'tcp-flags', negate: true, mask: 0x12, set: 0x12 },
    situation({ packet: packet({ transport: to('udp', 80) }) }),
    false,
  ],
  ['a length', { kind: 'length', negate: false, ranges: [[84, 84]] }, situation(), true],
  ['one byte less', { kind: 'length', negate: false, ranges: [[0, 83]] }, situation(), false],
  [
    'the second alternative',
    { kind: 'any', negate: false, alternatives: [[device('in', 'x')], [device('in', 're1'), NETWORK]] },
    situation(),
    true,
  ],
  [
    'half of an alternative',
    { kind: 'any', negate: false, alternatives: [[device('in', 'x'), NETWORK]] },
    situation(),
    false,
  ],
  [
    'an alternative of which nobody knows one half, and the other is not so',
    { kind: 'any', negate: false, alternatives: [[device('in', 'x'), UNMODELLED]] },
    situation(),
    false,
  ],
  [
    'an alternative of which nobody knows one half, and the other is so',
    { kind: 'any', negate: false, alternatives: [[device('in', 're1'), UNMODELLED]] },
    situation(),
    'unknown',
  ],
  [
    'an alternative that nobody knows, and one that is so',
    { kind: 'any', negate: false, alternatives: [[UNMODELLED], [NETWORK]] },
    situation(),
    true,
  ],
  ['an empty set', { kind: 'never' }, situation(), false],
  ['what is not modelled', UNMODELLED, situation(), 'unknown'],
];

test.each(CASES)('holds() says of %s', (_, match, at, expected) => {
  expect(holds(match, at)).toBe(expected);
});

/** A negated condition on something that the packet has is the opposite; on something that it has not, it is false too. */
const LEFT_ALONE = new Set(['a type that TCP has not', 'an ICMP type in IPv6', 'flags that UDP has not']);

test.each(CASES.filter(([what, match, at]) => 'negate' in match && !LEFT_ALONE.has(what) && at !== UNTRACKED))(
  'holds() says the opposite of %s when it is negated',
  (_, match, at, expected) => {
    const negated = 'negate' in match ? { ...match, negate: !match.negate } : match;
    expect(holds(negated, at)).toBe(expected === 'unknown' ? 'unknown' : !expected);
  },
);

test('holds() compares ports as numbers of either side', () => {
  const answer = packet({
    transport: { protocol: 'tcp', sourcePort: port(80), destPort: port(40000), flags: 'syn-ack' },
  });

  expect(
    holds({ kind: 'port', side: 'source', negate: false, ranges: [[80, 80]] }, situation({ packet: answer })),
  ).toBe(true);
  expect(holds({ kind: 'tcp-flags', negate: false, mask: 0x12, set: 0x12 }, situation({ packet: answer }))).toBe(true);
});

const BACK: Match = { kind: 'route-to', side: 'source', negate: false, usesMark: false, acceptsLocal: false };
const BY_RE2 = { isLocal: false, devices: ['re2' as DeviceName] };

test.each<[string, Match, Partial<Situation>, Tristate]>([
  ['a route by the device that it came in by', { ...BACK, through: 'in' }, {}, true],
  ['a route by another device', { ...BACK, through: 'in' }, { routeTo: () => BY_RE2 }, false],
  ['a route by any device', BACK, { routeTo: () => BY_RE2 }, true],
  ['no route at all', BACK, { routeTo: () => undefined }, false],
  ['no route, asked for', { ...BACK, negate: true }, { routeTo: () => undefined }, true],
  ['tables that could not be read', { ...BACK, negate: true }, { routeTo: () => 'unknown' }, 'unknown'],
  ['our own address', BACK, { routeTo: () => ({ ...BY_RE2, isLocal: true }) }, false],
  [
    'our own address, accepted',
    { ...BACK, acceptsLocal: true },
    { routeTo: () => ({ ...BY_RE2, isLocal: true }) },
    true,
  ],
  ['what came in by lo', BACK, { isPrerouting: true, inDevice: 'lo' as DeviceName, routeTo: () => undefined }, true],
])('holds() asks for a way back: %s', (_, match, change, value) => {
  expect(holds(match, situation(change))).toBe(value);
});

test.each<[string, boolean, Situation['sender'], Tristate]>([
  ['nobody, to nft', false, 'nobody', false],
  ['nobody, to iptables when it is negated', true, 'nobody', true],
  ['a process', false, 'process', 'unknown'],
])('holds() asks for the owner of a packet of %s', (_, unowned, sender, value) => {
  const match: Match = { kind: 'owner', of: 'user', negate: unowned, ranges: [[0, 0]], unowned };

  expect(holds(match, situation({ sender }))).toBe(value);
});
