import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { FilterRule, Match, Statement } from '../../src/host/ruleset.ts';
import { addressBits, parseAddress } from '../../src/net/address.ts';
import { type Prefix, parsePrefix } from '../../src/net/prefix.ts';
import { type IptablesSource, parseIptablesSave } from '../../src/recording/iptables-save.ts';

const NFT: IptablesSource = { machinery: 'iptables-nft', family: 'ip' };
const NFT6: IptablesSource = { machinery: 'iptables-nft', family: 'ip6' };

function ruleOf(rule: string, source = NFT, table = 'filter', chain = 'INPUT'): FilterRule {
  const text = `*${table}\n:${chain} ACCEPT [0:0]\n:own!"chain - [0:0]\n-A ${chain} ${rule}\nCOMMIT\n`;
  const [found] = parseIptablesSave(text, source).tables[0]?.chains[0]?.rules ?? [];
  if (found === undefined) throw new Error(`no rule in ${text}`);
  return found;
}

function address(side: 'source' | 'destination', negate: boolean, text: string): Match {
  return { kind: 'address', side, negate, prefixes: [network(text)] };
}

function network(text: string): Prefix {
  const prefix = parsePrefix(text);
  if (prefix === undefined) throw new Error(text);
  return prefix;
}

function bits(text: string): bigint {
  const parsed = parseAddress(text);
  if (parsed === undefined) throw new Error(text);
  return addressBits(parsed);
}

function device(side: 'in' | 'out', negate: boolean, name: string, wildcard = false): Match {
  return { kind: 'device', side, negate, names: [{ name, wildcard }] };
}

function physdev(side: 'in' | 'out', negate: boolean, name: string, wildcard = false): Match {
  return { kind: 'bridge-port', side, negate, names: [{ name, wildcard }] };
}

const TCP: Match = { kind: 'protocol', negate: false, protocols: [6] };

const MATCHES: readonly (readonly [string, readonly Match[]])[] = [
  [
    '-s 10.0.0.1/32 ! -d 10.0.0.0/8',
    [address('source', false, '10.0.0.1'), address('destination', true, '10.0.0.0/8')],
  ],
  ['-s 10.0.0.0/255.0.255.0', [{ kind: 'unmodelled', text: '-s 10.0.0.0/255.0.255.0' }]],
  ['-i eth+ ! -o lo', [device('in', false, 'eth', true), device('out', true, 'lo')]],
  ['-i a"b', [device('in', false, 'a"b')]],
  ['-i -x -o $(x)', [device('in', false, '-x'), device('out', false, '$(x)')]],
  ['-p gre', [{ kind: 'protocol', negate: false, protocols: [47] }]],
  ['! -p 200', [{ kind: 'protocol', negate: true, protocols: [200] }]],
  ['-p all', []],
  ['-f', [{ kind: 'never' }]],
  ['! -f', []],
  [
    '-p tcp -m tcp --sport 1:5 ! --dport 80',
    [
      TCP,
      { kind: 'port', side: 'source', negate: false, ranges: [[1, 5]] },
      { kind: 'port', side: 'destination', negate: true, ranges: [[80, 80]] },
    ],
  ],
  [
    '-p tcp -m multiport ! --ports 1,2:3',
    [
      TCP,
      {
        kind: 'port',
        side: 'either',
        negate: true,
        ranges: [
          [1, 1],
          [2, 3],
        ],
      },
    ],
  ],
  ['-p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN', [TCP, { kind: 'tcp-flags', negate: false, mask: 0x17, set: 0x02 }]],
  [
    '-p tcp -m tcp --tcp-flags FIN,SYN,RST,PSH,ACK,URG NONE',
    [TCP, { kind: 'tcp-flags', negate: false, mask: 0x3f, set: 0 }],
  ],
  [
    '-p tcp -m tcp --tcp-option 5 ! --tcp-flags ALL SYN',
    [
      TCP,
      { kind: 'unmodelled', text: '-m tcp --tcp-option 5' },
      { kind: 'tcp-flags', negate: true, mask: 0x3f, set: 2 },
    ],
  ],
  [
    '-p icmp -m icmp --icmp-type 8',
    [
      { kind: 'protocol', negate: false, protocols: [1] },
      { kind: 'icmp', family: 'inet', negate: false, types: [[8, 8]], codes: undefined },
    ],
  ],
  [
    '-p icmp -m icmp ! --icmp-type 3/4',
    [
      { kind: 'protocol', negate: false, protocols: [1] },
      { kind: 'icmp', family: 'inet', negate: true, types: [[3, 3]], codes: [[4, 4]] },
    ],
  ],
  ['-p icmp -m icmp --icmp-type any', [{ kind: 'protocol', negate: false, protocols: [1] }]],
  ['-m state --state RELATED,ESTABLISHED', [{ kind: 'ct-state', negate: false, states: ['related', 'established'] }]],
  [
    '-m conntrack ! --ctstate NEW,DNAT',
    [
      {
        kind: 'any',
        negate: true,
        alternatives: [
          [{ kind: 'ct-state', negate: false, states: ['new'] }],
          [{ kind: 'ct-status', negate: false, statuses: ['dnat'] }],
        ],
      },
    ],
  ],
  ['-m conntrack --ctdir REPLY', [{ kind: 'ct-direction', negate: false, direction: 'reply' }]],
  [
    '-m conntrack --ctstate NEW --ctproto 6',
    [
      { kind: 'ct-state', negate: false, states: ['new'] },
      { kind: 'ct-tuple', negate: false, direction: 'original', match: TCP },
    ],
  ],
  ['-m mark ! --mark 0x1/0xff', [{ kind: 'mark', of: 'packet', negate: true, value: 1, mask: 0xff }]],
  ['-m connmark --mark 0x5', [{ kind: 'mark', of: 'connection', negate: false, value: 5, mask: 0xffffffff }]],
  [
    '-m addrtype ! --dst-type LOCAL,BROADCAST',
    [{ kind: 'address-type', side: 'destination', negate: true, types: ['local', 'broadcast'] }],
  ],
  [
    '-m addrtype --dst-type LOCAL --limit-iface-in',
    [{ kind: 'address-type', side: 'destination', negate: false, types: ['local'], on: 'in' }],
  ],
  ['-s 10.0.0.1/32 -m comment --comment -j', [address('source', false, '10.0.0.1')]],
  ['-m comment --comment "it\\\'s \\"quoted\\" \\\\ -j DROP" -p tcp', [TCP]],
  [
    '-m physdev ! --physdev-in pa+ --physdev-is-bridged',
    [physdev('in', true, 'pa', true), physdev('out', false, '', true)],
  ],
  [
    '-m iprange ! --src-range 1.1.1.1-1.1.1.2',
    [
      {
        kind: 'address-range',
        side: 'source',
        negate: true,
        family: 'inet',
        first: bits('1.1.1.1'),
        last: bits('1.1.1.2'),
      },
    ],
  ],
  ['-m length --length 5:7', [{ kind: 'length', negate: false, ranges: [[5, 7]] }]],
  ['-m pkttype --pkt-type unicast', [{ kind: 'unmodelled', text: '-m pkttype --pkt-type unicast' }]],
  [
    '-m limit --limit 3/min --limit-burst 10',
    [{ kind: 'budget', text: '-m limit --limit 3/min --limit-burst 10', within: true }],
  ],
  [
    '-m hashlimit --hashlimit-above 5/sec --hashlimit-mode srcip --hashlimit-name x',
    [
      {
        kind: 'budget',
        text: '-m hashlimit --hashlimit-above 5/sec --hashlimit-mode srcip --hashlimit-name x',
        within: false,
      },
    ],
  ],
  [
    '-m connlimit --connlimit-upto 3 --connlimit-mask 32 --connlimit-saddr',
    [
      {
        kind: 'budget',
        text: '-m connlimit --connlimit-upto 3 --connlimit-mask 32 --connlimit-saddr',
        within: true,
      },
    ],
  ],
  // The packet's own connection is one already.
  ['-m connlimit --connlimit-above 0', []],
  ['-m recent --set --name x --rsource', []],
  [
    '-m recent --update --seconds 30 --hitcount 6 --name x',
    [{ kind: 'budget', text: '-m recent --update --seconds 30 --hitcount 6 --name x', within: false }],
  ],
  [
    '-m statistic --mode random --probability 0.5',
    [{ kind: 'chance', text: '-m statistic --mode random --probability 0.5' }],
  ],
  [
    '-m owner ! --uid-owner 0-99 --gid-owner 5',
    [
      { kind: 'owner', of: 'user', negate: true, ranges: [[0, 99]], unowned: true },
      { kind: 'owner', of: 'group', negate: false, ranges: [[5, 5]], unowned: false },
    ],
  ],
  ['-m owner --socket-exists', [{ kind: 'unmodelled', text: '-m owner --socket-exists' }]],
  [
    '-m rpfilter --validmark --invert',
    [{ kind: 'route-to', side: 'source', negate: true, through: 'in', usesMark: true, acceptsLocal: false }],
  ],
  [
    '-m conntrack --ctorigdst 10.0.0.1 ! --ctorigdstport 80:90',
    [
      { kind: 'ct-tuple', negate: false, direction: 'original', match: address('destination', false, '10.0.0.1') },
      {
        kind: 'ct-tuple',
        negate: true,
        direction: 'original',
        match: { kind: 'port', side: 'destination', negate: false, ranges: [[80, 90]] },
      },
    ],
  ],
  ['-m ttl --ttl-lt 5', [{ kind: 'ttl', negate: false, ranges: [[0, 4]] }]],
  ['-m rt --rt-type 0', [{ kind: 'never' }]],
  ['-m policy --dir in --pol none', []],
  ['-m policy --dir in --pol ipsec --reqid 1', [{ kind: 'never' }]],
  ['-p tcp -m set --match-set blocked src', [TCP, { kind: 'unmodelled', text: '-m set --match-set blocked src' }]],
  ['-m string --string "a b -j" --algo bm', [{ kind: 'unmodelled', text: '-m string --string "a b -j" --algo bm' }]],
  ['-m recent ! --rcheck --name x', [{ kind: 'unmodelled', text: '-m recent ! --rcheck --name x' }]],
  ['--what-is-this 5', [{ kind: 'unmodelled', text: '--what-is-this 5' }]],
];

test.each(MATCHES)('parseIptablesSave() reads the condition %s', (text, matches) => {
  expect(ruleOf(text).matches).toEqual(matches);
});

test('parseIptablesSave() reads ICMPv6 and IPv6 addresses in the rules of ip6tables', () => {
  expect(ruleOf('-s fe80::/10 -p ipv6-icmp -m icmp6 --icmpv6-type 133/0 -j REJECT', NFT6)).toMatchObject({
    matches: [
      { kind: 'address', prefixes: [parsePrefix('fe80::/10')] },
      { kind: 'protocol', protocols: [58] },
      { kind: 'icmp', family: 'inet6', types: [[133, 133]], codes: [[0, 0]] },
    ],
    statements: [{ kind: 'reject', with: 'icmp6-port-unreachable' }],
  });
});

function nat(
  kind: 'snat' | 'dnat',
  first: string | undefined,
  last = first,
  ports?: readonly [number, number],
): Statement {
  return { kind, to: { addresses: first === undefined || last === undefined ? undefined : { first, last }, ports } };
}

const TARGETS: readonly (readonly [string, Statement])[] = [
  ['-j ACCEPT', { kind: 'accept' }],
  ['-j RETURN', { kind: 'return' }],
  ['-j REJECT --reject-with tcp-reset', { kind: 'reject', with: 'tcp-reset' }],
  ['-j own!"chain', { kind: 'jump', chain: 'own!"chain' }],
  ['-g own!"chain', { kind: 'goto', chain: 'own!"chain' }],
  ['-j MASQUERADE --to-ports 5-6 --random', { kind: 'masquerade', ports: [5, 6] }],
  ['-j REDIRECT --to-ports 80', { kind: 'redirect', ports: [80, 80] }],
  ['-j SNAT --to-source 1.2.3.4:1-5 --random-fully', nat('snat', '1.2.3.4', '1.2.3.4', [1, 5])],
  ['-j DNAT --to-destination 1.2.3.4-1.2.3.6:80-90', nat('dnat', '1.2.3.4', '1.2.3.6', [80, 90])],
  ['-j DNAT --to-destination :80', nat('dnat', undefined, undefined, [80, 80])],
  ['-j DNAT --to-destination fd00::1', nat('dnat', 'fd00::1')],
  ['-j DNAT --to-destination [fd00::1-fd00::5]:80', nat('dnat', 'fd00::1', 'fd00::5', [80, 80])],
  [
    '-j DNAT --to-destination 1.2.3.4:8080-8090/80',
    { kind: 'unmodelled', text: '-j DNAT --to-destination 1.2.3.4:8080-8090/80' },
  ],
  ['-j MARK --set-xmark 0x4000/0x4000', { kind: 'set-mark', of: 'packet', value: 0x4000, mask: 0x4000 }],
  ['-j CONNMARK --set-xmark 0x5/0x7', { kind: 'set-mark', of: 'connection', value: 5, mask: 7 }],
  [
    '-j CONNMARK --save-mark --nfmask 0xff --ctmask 0xf0',
    { kind: 'copy-mark', to: 'connection', toMask: 0xf0, fromMask: 0xff },
  ],
  [
    '-j CONNMARK --restore-mark --nfmask 0xff --ctmask 0xf0',
    { kind: 'copy-mark', to: 'packet', toMask: 0xff, fromMask: 0xf0 },
  ],
  ['-j CT --notrack', { kind: 'notrack' }],
  ['-j CT --helper ftp', { kind: 'no-effect', text: '-j CT --helper ftp' }],
  ['-j CT --zone 1', { kind: 'unmodelled', text: '-j CT --zone 1' }],
  [
    '-j LOG --log-prefix "[UFW BLOCK] " --log-level 4',
    { kind: 'no-effect', text: '-j LOG --log-prefix "[UFW BLOCK] " --log-level 4' },
  ],
  ['-j TCPMSS --clamp-mss-to-pmtu', { kind: 'clamp-mss', to: 'path' }],
  ['-j TCPMSS --set-mss 1360', { kind: 'clamp-mss', to: 1360 }],
  ['-j NFQUEUE --queue-num 0', { kind: 'unmodelled', text: '-j NFQUEUE --queue-num 0' }],
  ['-j TTL --ttl-set 1', { kind: 'set-ttl', to: 1 }],
  ['-j TTL --ttl-dec 2', { kind: 'change-ttl', by: -2 }],
  ['-j NETMAP --to 192.0.2.0/24', { kind: 'netmap', to: network('192.0.2.0/24') }],
];

test.each(TARGETS)('parseIptablesSave() reads the target %s', (text, statement) => {
  expect(ruleOf(text).statements).toEqual([statement]);
});

test('parseIptablesSave() reads a rule without target as one that does nothing', () => {
  expect(ruleOf('-s 10.0.0.1/32').statements).toEqual([]);
});

test('parseIptablesSave() keeps place, text and counter of each rule', () => {
  const text =
    '*filter\n:FORWARD DROP [5:300]\n[7:588] -A FORWARD -j DROP\n[0:0] -A FORWARD -p tcp -j ACCEPT\nCOMMIT\n';
  const [chain] = parseIptablesSave(text, { machinery: 'iptables-legacy', family: 'ip6' }).tables[0]?.chains ?? [];

  expect(chain?.base).toEqual({ type: 'filter', hook: 'forward', priority: 0, policy: 'drop', devices: [] });
  expect(chain?.rules.map(({ packets }) => packets)).toEqual([7, 0]);
  expect(chain?.rules[1]?.ref).toEqual({
    machinery: 'iptables-legacy',
    family: 'ip6',
    table: 'filter',
    chain: 'FORWARD',
    handle: undefined,
    position: 2,
    text: '-A FORWARD -p tcp -j ACCEPT',
  });
});

test.each([
  ['raw', 'OUTPUT', 'filter', 'output', -300],
  ['mangle', 'OUTPUT', 'route', 'output', -150],
  ['nat', 'PREROUTING', 'nat', 'prerouting', -100],
  ['nat', 'INPUT', 'nat', 'input', 100],
  ['security', 'FORWARD', 'filter', 'forward', 50],
])('parseIptablesSave() hooks %s %s in as %s at %s, priority %i', (table, chain, type, hook, priority) => {
  const text = `*${table}\n:${chain} ACCEPT [0:0]\n:user - [0:0]\nCOMMIT\n`;
  const [hooked, user] = parseIptablesSave(text, NFT).tables[0]?.chains ?? [];

  expect(hooked?.base).toMatchObject({ type, hook, priority, policy: 'accept' });
  expect(user?.base).toBeUndefined();
});

test('parseIptablesSave() leaves a table out that iptables can show but in part', () => {
  const save = (comment: string) =>
    `${comment}\n*filter\n:INPUT ACCEPT [0:0]\nCOMMIT\n*nat\n:INPUT ACCEPT [0:0]\nCOMMIT\n`;
  const names = (comment: string) => parseIptablesSave(save(comment), NFT).tables.map(({ name }) => name);

  expect(names("# Table `filter' contains incompatible base-chains, use 'nft' tool to list them.")).toEqual(['nat']);
  expect(names("# Table `filter' is incompatible, use 'nft' tool.")).toEqual(['nat']);
  expect(names('# Warning: iptables-legacy tables present, use iptables-legacy-save to see them')).toEqual([
    'filter',
    'nat',
  ]);
});

test.each([
  ['*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -j DROP\n', '*filter without COMMIT'],
  ['*filter\n:INPUT ACCEPT [0:0]\nwhat\nCOMMIT\n', 'what'],
  ['-A INPUT -j DROP\n', '-A INPUT -j DROP'],
])('parseIptablesSave() answers that %j could not be read', (text, line) => {
  expect(parseIptablesSave(text, NFT)).toEqual({
    tables: [],
    unread: [
      { machinery: 'iptables-nft', family: 'ip', why: `iptables-nft-save printed what nsdiag cannot read: ${line}` },
    ],
  });
});

test('parseIptablesSave() answers, wherever its text is cut', () => {
  const text = readFileSync(new URL('../fixtures/rulesets/portmap.iptables-save', import.meta.url), 'utf8');
  for (let end = 0; end < text.length; end += 7) {
    const { tables, unread } = parseIptablesSave(text.slice(0, end), NFT);
    expect(tables.length + unread.length).toBeLessThanOrEqual(2);
  }
  expect(parseIptablesSave(text, NFT).tables).toHaveLength(2);
});
