import { expect, test } from 'vitest';
import type { TrafficSelector } from '../../src/host/edit.ts';
import { known } from '../../src/host/fact.ts';
import type { Netns } from '../../src/host/host.ts';
import type { DeviceName, NetnsName } from '../../src/host/link.ts';
import type { RuleRef, Ruleset } from '../../src/host/ruleset.ts';
import { acceptCommands, deleteCommands, natCommands } from '../../src/host/ruleset-commands.ts';
import type { Address } from '../../src/net/address.ts';
import { parsePrefix } from '../../src/net/prefix.ts';
import { hostOf } from '../helpers/build-host.ts';

const NOTHING: Ruleset = { tables: [], unread: [] };
const LEGACY_TOO: Ruleset = {
  tables: [{ machinery: 'iptables-legacy', family: 'ip', name: 'filter', chains: [] }],
  unread: [],
};

function ns1(ruleset = NOTHING): Netns {
  const [netns] = hostOf({ ns1: {} }).namespaces;
  if (netns === undefined) throw new Error('no namespace');
  return { ...netns, ruleset: known(ruleset, { command: [] }) };
}

const SOURCE = parsePrefix('10.0.1.2');
const TRAFFIC: TrafficSelector = {
  family: 'inet',
  ...(SOURCE && { source: SOURCE }),
  protocol: 'icmp',
  inDevice: 'ip' as DeviceName,
};

const RULE: RuleRef = {
  machinery: 'iptables-nft',
  family: 'ip',
  table: 'filter',
  chain: 'FORWARD',
  handle: 9,
  position: 3,
  text: '-A FORWARD -m comment --comment "a b" -j DROP',
};

const ENTER = 'ip netns exec ns1 ';

function words(
  commands: readonly { readonly argv: readonly string[]; readonly undo: readonly string[] | undefined }[],
) {
  return commands.flatMap(({ argv, undo }) => [argv.join(' ').replace(ENTER, ''), undo?.join(' ').replace(ENTER, '')]);
}

const PLACES: readonly (readonly [Partial<RuleRef>, Ruleset, string, string | undefined])[] = [
  [
    {},
    NOTHING,
    'iptables -I FORWARD 3 -s 10.0.1.2/32 -i ip -p icmp -j ACCEPT',
    'iptables -D FORWARD -s 10.0.1.2/32 -i ip -p icmp -j ACCEPT',
  ],
  [
    { position: 0 },
    NOTHING,
    'iptables -A FORWARD -s 10.0.1.2/32 -i ip -p icmp -j ACCEPT',
    'iptables -D FORWARD -s 10.0.1.2/32 -i ip -p icmp -j ACCEPT',
  ],
  [
    {},
    LEGACY_TOO,
    'iptables-nft -I FORWARD 3 -s 10.0.1.2/32 -i ip -p icmp -j ACCEPT',
    'iptables-nft -D FORWARD -s 10.0.1.2/32 -i ip -p icmp -j ACCEPT',
  ],
  [
    { machinery: 'iptables-legacy' },
    LEGACY_TOO,
    'iptables-legacy -I FORWARD 3 -s 10.0.1.2/32 -i ip -p icmp -j ACCEPT',
    'iptables-legacy -D FORWARD -s 10.0.1.2/32 -i ip -p icmp -j ACCEPT',
  ],
  [
    { table: 'mangle', family: 'ip6' },
    NOTHING,
    'ip6tables -t mangle -I FORWARD 3 -s 10.0.1.2/32 -i ip -p icmp -j ACCEPT',
    'ip6tables -t mangle -D FORWARD -s 10.0.1.2/32 -i ip -p icmp -j ACCEPT',
  ],
  [
    { machinery: 'nft' },
    NOTHING,
    'nft insert rule ip filter FORWARD handle 9 iifname "ip" ip saddr 10.0.1.2 meta l4proto icmp accept',
    undefined,
  ],
  [
    { machinery: 'nft', handle: undefined },
    NOTHING,
    'nft insert rule ip filter FORWARD index 2 iifname "ip" ip saddr 10.0.1.2 meta l4proto icmp accept',
    undefined,
  ],
  [
    { machinery: 'nft', position: 0 },
    NOTHING,
    'nft add rule ip filter FORWARD iifname "ip" ip saddr 10.0.1.2 meta l4proto icmp accept',
    undefined,
  ],
];

test.each(PLACES)('acceptCommands() accepts ahead of %j with its own tool', (change, ruleset, argv, undo) => {
  const rule = { ...RULE, ...change };

  expect(
    words(acceptCommands(ns1(ruleset), { place: { ...rule, hook: 'forward', before: rule }, traffic: TRAFFIC })),
  ).toEqual([argv, undo]);
});

test('acceptCommands() names the family where neither an address nor the table does', () => {
  const place = { ...RULE, machinery: 'nft', family: 'inet', hook: 'forward', before: undefined } as const;

  expect(words(acceptCommands(ns1(), { place, traffic: { family: 'inet6' } }))[0]).toBe(
    'nft insert rule inet filter FORWARD meta protocol ip6 accept',
  );
});

const MASQUERADE = { netns: 'ns1' as NetnsName, kind: 'masquerade', machinery: 'iptables-nft' } as const;

test('natCommands() makes a chain for nft, and takes back the table that it made', () => {
  expect(
    words(
      natCommands(ns1(), {
        ...MASQUERADE,
        machinery: 'nft',
        traffic: { ...TRAFFIC, outDevice: 'eth1' as DeviceName },
        before: undefined,
      }),
    ),
  ).toEqual([
    'nft add table ip nsdiag; add chain ip nsdiag postrouting { type nat hook postrouting priority 100 ; }; ' +
      'add rule ip nsdiag postrouting oifname "eth1" ip saddr 10.0.1.2 meta l4proto icmp masquerade',
    'nft delete table ip nsdiag',
  ]);
});

test('natCommands() appends for iptables, and goes ahead of a rule that takes the packet', () => {
  const traffic: TrafficSelector = { family: 'inet6', outDevice: 'eth1' as DeviceName };
  const before: RuleRef = { ...RULE, family: 'ip6', table: 'nat', chain: 'OWN', position: 2 };

  expect(words(natCommands(ns1(), { ...MASQUERADE, traffic, before: undefined }))).toEqual([
    'ip6tables -t nat -A POSTROUTING -o eth1 -j MASQUERADE',
    'ip6tables -t nat -D POSTROUTING -o eth1 -j MASQUERADE',
  ]);
  expect(words(natCommands(ns1(), { ...MASQUERADE, traffic, before }))[0]).toBe(
    'ip6tables -t nat -I OWN 2 -o eth1 -j MASQUERADE',
  );
});

test.each([
  [
    'iptables-nft',
    'prerouting',
    'iptables -t nat -A PREROUTING -p tcp --dport 8080 -j DNAT --to-destination 10.0.0.2:80',
  ],
  ['iptables-nft', 'output', 'iptables -t nat -A OUTPUT -p tcp --dport 8080 -j DNAT --to-destination 10.0.0.2:80'],
  [
    'nft',
    'output',
    'nft add table ip nsdiag; add chain ip nsdiag output { type nat hook output priority -100 ; }; ' +
      'add rule ip nsdiag output tcp dport 8080 dnat to 10.0.0.2:80',
  ],
] as const)('natCommands() publishes a port with %s at %s', (machinery, hook, command) => {
  const traffic: TrafficSelector = { family: 'inet', protocol: 'tcp', destPort: 8080 };
  const to = { address: '10.0.0.2' as Address, port: 80 };
  const edit = { netns: 'ns1' as NetnsName, kind: 'dnat', machinery, hook, traffic, to, before: undefined } as const;

  expect(words(natCommands(ns1(), edit))[0]).toBe(command);
});

test('deleteCommands() deletes by what the tool names a rule by, and can put it back', () => {
  expect(deleteCommands(ns1(), { rule: RULE })).toEqual([
    {
      argv: ['ip', 'netns', 'exec', 'ns1', 'iptables', '-D', 'FORWARD', '3'],
      undo: [
        'ip',
        'netns',
        'exec',
        'ns1',
        'iptables',
        '-I',
        'FORWARD',
        '3',
        '-m',
        'comment',
        '--comment',
        'a b',
        '-j',
        'DROP',
      ],
    },
  ]);
  const nft: RuleRef = { ...RULE, machinery: 'nft', text: 'ip saddr 10.0.1.2 drop' };
  expect(words(deleteCommands(ns1(), { rule: nft }))).toEqual([
    'nft delete rule ip filter FORWARD handle 9',
    'nft add rule ip filter FORWARD ip saddr 10.0.1.2 drop',
  ]);
});

test('deleteCommands() refuses what cannot be deleted', () => {
  expect(() => deleteCommands(ns1(), { rule: { ...RULE, position: 0 } })).toThrow(RangeError);
  expect(() => deleteCommands(ns1(), { rule: { ...RULE, machinery: 'nft', handle: undefined } })).toThrow(RangeError);
});
