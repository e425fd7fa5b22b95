import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { FilterRule, Match } from '../../src/host/ruleset.ts';
import { parsePrefix } from '../../src/net/prefix.ts';
import { parseNftRuleset } from '../../src/recording/nft.ts';
import type { Json } from '../../src/recording/nft-json.ts';

const EVERY = readFileSync(new URL('../fixtures/rulesets/every-expression.nft.json', import.meta.url), 'utf8');

interface TableSpec {
  readonly family?: string;
  readonly flags?: Json;
  readonly chain?: Readonly<Record<string, Json>>;
  readonly sets?: readonly Json[];
  readonly comment?: string;
}

/** A listing of one table with one chain, which holds these rules. */
function listing(
  rules: readonly (readonly Json[])[],
  { family = 'ip', flags, chain = {}, sets = [], comment }: TableSpec = {},
): string {
  const place = { family, table: 't', chain: 'c' };
  return JSON.stringify({
    nftables: [
      { metainfo: { version: '1.0.6', json_schema_version: 1 } },
      { table: { family, name: 't', handle: 1, ...(flags !== undefined && { flags }) } },
      ...sets,
      { chain: { family, table: 't', name: 'c', handle: 1, ...chain } },
      ...rules.map((expr, index) => ({ rule: { ...place, handle: index + 2, expr, ...(comment && { comment }) } })),
    ],
  });
}

function rulesOf(...args: Parameters<typeof listing>): readonly FilterRule[] {
  return parseNftRuleset(listing(...args)).tables[0]?.chains[0]?.rules ?? [];
}

function matchesOf(expression: Json, spec?: TableSpec): readonly Match[] {
  return rulesOf([[expression]], spec)[0]?.matches ?? [];
}

function payload(protocol: string, field: string): Json {
  return { payload: { protocol, field } };
}

function is(left: Json, right: Json, op = '=='): Json {
  return { match: { op, left, right } };
}

function prefix(text: string) {
  const parsed = parsePrefix(text);
  if (parsed === undefined) throw new Error(text);
  return parsed;
}

const SOURCE = { kind: 'address', side: 'source' } as const;
const TCP = { kind: 'protocol', negate: false, protocols: [6] } as const;
const DPORT = { kind: 'port', side: 'destination' } as const;

const MATCHES: readonly (readonly [string, Json, readonly Match[]])[] = [
  [
    'an address',
    is(payload('ip', 'saddr'), '10.0.0.1'),
    [{ ...SOURCE, negate: false, prefixes: [prefix('10.0.0.1')] }],
  ],
  [
    'any but a net',
    is(payload('ip', 'saddr'), { prefix: { addr: '10.0.0.0', len: 8 } }, '!='),
    [{ ...SOURCE, negate: true, prefixes: [prefix('10.0.0.0/8')] }],
  ],
  [
    'a range of addresses',
    is(payload('ip', 'daddr'), { range: ['10.0.0.1', '10.0.0.9'] }),
    [
      {
        kind: 'address-range',
        side: 'destination',
        negate: false,
        family: 'inet',
        first: 0x0a000001n,
        last: 0x0a000009n,
      },
    ],
  ],
  [
    'a set with a range, as prefixes',
    is(payload('ip', 'saddr'), { set: [{ range: ['10.0.0.2', '10.0.0.4'] }, '192.0.2.1'] }),
    [{ ...SOURCE, negate: false, prefixes: ['10.0.0.2/31', '10.0.0.4', '192.0.2.1'].map(prefix) }],
  ],
  [
    'a wildcard device',
    is({ meta: { key: 'iifname' } }, 'eth*'),
    [{ kind: 'device', side: 'in', negate: false, names: [{ name: 'eth', wildcard: true }] }],
  ],
  [
    'a device called with an asterisk',
    is({ meta: { key: 'oifname' } }, 'eth\\*'),
    [{ kind: 'device', side: 'out', negate: false, names: [{ name: 'eth*', wildcard: false }] }],
  ],
  [
    'a port, and that it is TCP',
    is(payload('tcp', 'dport'), 22),
    [TCP, { ...DPORT, negate: false, ranges: [[22, 22]] }],
  ],
  [
    'any other port, of TCP still',
    is(payload('tcp', 'dport'), 22, '!='),
    [TCP, { ...DPORT, negate: true, ranges: [[22, 22]] }],
  ],
  [
    'ports from',
    is(payload('tcp', 'dport'), 1024, '>='),
    [TCP, { ...DPORT, negate: false, ranges: [[1024, 0xffffffff]] }],
  ],
  ['ports below', is(payload('tcp', 'dport'), 1024, '<'), [TCP, { ...DPORT, negate: false, ranges: [[0, 1023]] }]],
  ['less than nothing', is({ meta: { key: 'length' } }, 0, '<'), [{ kind: 'never' }]],
  [
    'states in a mask',
    is({ ct: { key: 'state' } }, ['established', 'related'], 'in'),
    [{ kind: 'ct-state', negate: false, states: ['established', 'related'] }],
  ],
  [
    'no state of a set',
    is({ ct: { key: 'state' } }, { set: ['new', 'invalid'] }, '!='),
    [{ kind: 'ct-state', negate: true, states: ['new', 'invalid'] }],
  ],
  [
    'translated',
    is({ ct: { key: 'status' } }, 'dnat', 'in'),
    [{ kind: 'ct-status', negate: false, statuses: ['dnat'] }],
  ],
  [
    'bits of a mark',
    is({ '&': [{ meta: { key: 'mark' } }, 0xff] }, 0x10),
    [{ kind: 'mark', of: 'packet', negate: false, value: 0x10, mask: 0xff }],
  ],
  ['one flag', is(payload('tcp', 'flags'), 'syn', 'in'), [TCP, { kind: 'tcp-flags', negate: true, mask: 2, set: 0 }]],
  [
    'flags under a mask',
    is({ '&': [payload('tcp', 'flags'), ['syn', 'ack']] }, 'syn'),
    [TCP, { kind: 'tcp-flags', negate: false, mask: 0x12, set: 2 }],
  ],
  [
    'what a whole packet never is',
    is({ '&': [payload('ip', 'frag-off'), 0x1fff] }, 0, '!='),
    [{ kind: 'any', negate: true, alternatives: [[]] }],
  ],
  [
    'a type of address',
    is({ fib: { result: 'type', flags: ['daddr'] } }, 'local'),
    [{ kind: 'address-type', side: 'destination', negate: false, types: ['local'] }],
  ],
  [
    'concatenated',
    is({ concat: [payload('ip', 'saddr'), payload('tcp', 'dport')] }, { set: [{ concat: ['10.0.0.1', 80] }] }),
    [
      TCP,
      {
        kind: 'any',
        negate: false,
        alternatives: [
          [
            { ...SOURCE, negate: false, prefixes: [prefix('10.0.0.1')] },
            { ...DPORT, negate: false, ranges: [[80, 80]] },
          ],
        ],
      },
    ],
  ],
  [
    'concatenated with what is not modelled',
    is({ concat: [payload('ip', 'saddr'), { meta: { key: 'cpu' } }] }, { set: [{ concat: ['10.0.0.1', 5] }] }),
    [
      {
        kind: 'any',
        negate: false,
        alternatives: [
          [
            { ...SOURCE, negate: false, prefixes: [prefix('10.0.0.1')] },
            { kind: 'unmodelled', text: 'meta cpu 5' },
          ],
        ],
      },
    ],
  ],
  ['an unknown field', is({ meta: { key: 'cpu' } }, 0), [{ kind: 'unmodelled', text: 'meta cpu 0' }]],
  ['an unknown field of TCP', is(payload('tcp', 'window'), 5), [TCP, { kind: 'unmodelled', text: 'tcp window 5' }]],
  ['an unknown value', is(payload('ip', 'saddr'), 'somewhere'), [{ kind: 'unmodelled', text: 'ip saddr somewhere' }]],
  ['a whole status', is({ ct: { key: 'status' } }, 'dnat'), [{ kind: 'unmodelled', text: 'ct status dnat' }]],
  [
    'a limit',
    { limit: { rate: 5, per: 'second', burst: 5 } },
    [{ kind: 'budget', text: 'limit rate 5/second', within: true }],
  ],
  ['a count that is over at once', { 'ct count': { val: 0, inv: true } }, []],
  ['a used-up quota', { quota: { val: 1, val_unit: 'kbytes', used: 2000, used_unit: 'bytes', inv: true } }, []],
  [
    'a header that our packets lack',
    is({ exthdr: { name: 'rt', field: 'type' } }, 0, '!='),
    [{ kind: 'never' }, { kind: 'unmodelled', text: 'rt type != 0' }],
  ],
  [
    'a way back',
    is({ fib: { result: 'oif', flags: ['saddr', 'mark', 'iif'] } }, false),
    [{ kind: 'route-to', side: 'source', negate: true, through: 'in', usesMark: true, acceptsLocal: false }],
  ],
  [
    'an address of the device itself',
    is({ fib: { result: 'type', flags: ['daddr', 'iif'] } }, 'local'),
    [{ kind: 'address-type', side: 'destination', negate: false, types: ['local'], on: 'in' }],
  ],
  [
    'the first destination',
    is({ ct: { key: 'ip daddr', dir: 'original' } }, '10.0.0.1', '!='),
    [
      { kind: 'family', negate: false, families: ['inet'] },
      {
        kind: 'ct-tuple',
        negate: true,
        direction: 'original',
        match: { kind: 'address', side: 'destination', negate: false, prefixes: [prefix('10.0.0.1')] },
      },
    ],
  ],
  [
    'a user',
    is({ meta: { key: 'skuid' } }, 5, '!='),
    [{ kind: 'owner', of: 'user', negate: true, ranges: [[5, 5]], unowned: false }],
  ],
  [
    'a lot',
    is({ numgen: { mode: 'random', mod: 2, offset: 0 } }, 0),
    [{ kind: 'chance', text: 'numgen random mod 2' }],
  ],
];

test.each(MATCHES)('parseNftRuleset() reads the condition: %s', (_, expression, matches) => {
  expect(matchesOf(expression)).toEqual(matches);
});

test('parseNftRuleset() says which family an address asks for, where the table sees others', () => {
  const [family, address] = matchesOf(is(payload('ip', 'saddr'), '10.0.0.1', '!='), { family: 'inet' });

  expect(family).toEqual({ kind: 'family', negate: false, families: ['inet'] });
  expect(address).toMatchObject({ kind: 'address', negate: true });
});

const NAMED_SETS: readonly (readonly [string, Json, readonly Match[]])[] = [
  [
    'elements with timeouts',
    [{ elem: { val: '10.0.0.1', timeout: 60 } }],
    [{ ...SOURCE, negate: false, prefixes: [prefix('10.0.0.1')] }],
  ],
  ['no elements', [], [{ kind: 'never' }]],
];

test.each(NAMED_SETS)('parseNftRuleset() writes out a named set with %s', (_, elem, matches) => {
  const sets = [{ set: { family: 'ip', table: 't', name: 's', type: 'ipv4_addr', elem } }];

  expect(matchesOf(is(payload('ip', 'saddr'), '@s'), { sets })).toEqual(matches);
});

test('parseNftRuleset() does not model a set that packets fill', () => {
  const sets = [{ set: { family: 'ip', table: 't', name: 's', type: 'ipv4_addr', elem: ['10.0.0.1'] } }];
  const add = { set: { op: 'add', elem: payload('ip', 'saddr'), set: '@s' } };
  const rules = rulesOf([[add], [is(payload('ip', 'saddr'), '@s'), { drop: null }]], { sets });

  expect(rules[0]?.statements).toEqual([{ kind: 'no-effect', text: 'add @s { ip saddr }' }]);
  expect(rules[1]?.matches).toEqual([{ kind: 'unmodelled', text: 'ip saddr @s' }]);
});

const STATEMENTS: readonly (readonly [string, readonly Json[], readonly unknown[]])[] = [
  [
    'verdicts',
    [{ counter: { packets: 3, bytes: 9 } }, { accept: null }],
    [{ kind: 'no-effect', text: 'counter' }, { kind: 'accept' }],
  ],
  ['calls', [{ jump: { target: 'u' } }], [{ kind: 'jump', chain: 'u' }]],
  [
    'rejections',
    [{ reject: { type: 'icmpx', expr: 'admin-prohibited' } }],
    [{ kind: 'reject', with: 'icmpx admin-prohibited' }],
  ],
  ['rejections by default', [{ reject: null }], [{ kind: 'reject', with: 'icmp port-unreachable' }]],
  [
    'marks',
    [
      {
        mangle: { key: { meta: { key: 'mark' } }, value: { '|': [{ '&': [{ meta: { key: 'mark' } }, 0xff] }, 0x100] } },
      },
    ],
    [{ kind: 'set-mark', of: 'packet', value: 0x100, mask: 0xffffff00 }],
  ],
  [
    'flipped bits of marks',
    [{ mangle: { key: { ct: { key: 'mark' } }, value: { '^': [{ ct: { key: 'mark' } }, 0xf] } } }],
    [{ kind: 'set-mark', of: 'connection', value: 0xf, mask: 0 }],
  ],
  [
    'copied marks',
    [{ mangle: { key: { meta: { key: 'mark' } }, value: { '&': [{ ct: { key: 'mark' } }, 0xff] } } }],
    [{ kind: 'copy-mark', to: 'packet', toMask: 0xffffffff, fromMask: 0xff }],
  ],
  [
    'harmless changes',
    [{ mangle: { key: { meta: { key: 'nftrace' } }, value: 1 } }],
    [{ kind: 'no-effect', text: 'meta nftrace set 1' }],
  ],
  ['changes of the packet', [{ mangle: { key: payload('ip', 'ttl'), value: 5 } }], [{ kind: 'set-ttl', to: 5 }]],
  [
    'translation',
    [{ dnat: { addr: '10.0.0.2', port: { range: [80, 90] } } }],
    [{ kind: 'dnat', to: { addresses: { first: '10.0.0.2', last: '10.0.0.2' }, ports: [80, 90] } }],
  ],
  ['masquerading', [{ masquerade: { flags: ['random'], port: 1000 } }], [{ kind: 'masquerade', ports: [1000, 1000] }]],
  ['what it does not know', [{ tproxy: { port: 50 } }], [{ kind: 'unmodelled', text: '{"tproxy":{"port":50}}' }]],
  [
    'targets of iptables',
    [{ counter: { packets: 0, bytes: 0 } }, { xt: { type: 'target', name: 'TPROXY' } }],
    [
      { kind: 'no-effect', text: 'counter' },
      { kind: 'unmodelled', text: '{"xt":{"type":"target","name":"TPROXY"}}' },
    ],
  ],
  ['an opaque end', [{ xt: null }], [{ kind: 'unmodelled', text: '{"xt":null}' }]],
];

test.each(STATEMENTS)('parseNftRuleset() reads statements: %s', (_, expressions, statements) => {
  expect(rulesOf([expressions])[0]?.statements).toEqual(statements);
});

test('parseNftRuleset() takes an extension in the middle of a rule for a condition', () => {
  const [rule] = rulesOf([[{ xt: { type: 'match', name: 'time' } }, { drop: null }]]);

  expect(rule?.matches).toEqual([{ kind: 'unmodelled', text: '{"xt":{"type":"match","name":"time"}}' }]);
  expect(rule?.statements).toEqual([{ kind: 'drop' }]);
});

test('parseNftRuleset() makes a rule for each element of a verdict map, the one for everything else last', () => {
  const vmap = {
    vmap: {
      key: payload('ip', 'saddr'),
      data: {
        set: [
          ['*', { drop: null }],
          ['10.0.0.1', { accept: null }],
        ],
      },
    },
  };
  const rules = rulesOf([[is({ meta: { key: 'l4proto' } }, 'udp'), vmap], [{ accept: null }]]);

  expect(rules.map(({ ref, statements }) => [ref.position, statements])).toEqual([
    [1, [{ kind: 'accept' }]],
    [1, [{ kind: 'drop' }]],
    [2, [{ kind: 'accept' }]],
  ]);
  expect(rules[0]?.matches).toHaveLength(2);
  expect(rules[1]?.matches).toHaveLength(1);
});

test('parseNftRuleset() does at once what stands before a later condition', () => {
  const mark = { mangle: { key: { meta: { key: 'mark' } }, value: 1 } };
  const rules = rulesOf([[mark, is(payload('tcp', 'dport'), 80), { drop: null }]]);

  expect(rules.map(({ matches, statements }) => [matches.length, statements.map(({ kind }) => kind)])).toEqual([
    [0, ['set-mark']],
    [2, ['drop']],
  ]);
});

test('parseNftRuleset() keeps handle, place, comment and counter', () => {
  const [, rule] = rulesOf([[{ accept: null }], [{ counter: { packets: 7, bytes: 9 } }]], {
    family: 'inet',
    comment: 'why',
  });

  expect(rule?.packets).toBe(7);
  expect(rule?.ref).toEqual({
    machinery: 'nft',
    family: 'inet',
    table: 't',
    chain: 'c',
    handle: 3,
    position: 2,
    text: 'counter comment "why"',
  });
});

test('parseNftRuleset() reads what hooks a chain in', () => {
  const chain = { type: 'nat', hook: 'postrouting', prio: 105, policy: 'drop', dev: ['eth0', 'eth1'] };

  expect(parseNftRuleset(listing([], { chain })).tables[0]?.chains[0]?.base).toEqual({
    type: 'nat',
    hook: 'postrouting',
    priority: 105,
    policy: 'drop',
    devices: ['eth0', 'eth1'],
  });
});

test.each([
  ['dormant', undefined, []],
  [['dormant', 'owner'], undefined, []],
  ['owner', expect.anything(), []],
  ['d\u0002', expect.anything(), [{ machinery: 'nft', why: 'nft does not say whether table ip t is dormant' }]],
])('parseNftRuleset() sees in the flags %j whether the chains are hooked in', (flags, base, unread) => {
  const parsed = parseNftRuleset(
    listing([], { flags, chain: { type: 'filter', hook: 'input', prio: 0, policy: 'drop' } }),
  );

  expect(parsed.tables[0]?.chains[0]?.base).toEqual(base);
  expect(parsed.unread).toEqual(unread);
});

test.each(['', 'nft: command failed', '{}', '[]', '{"nftables": 5}', EVERY.slice(0, 1000)])(
  'parseNftRuleset() answers that %.20j could not be read, and never throws',
  (text) => {
    expect(parseNftRuleset(text)).toEqual({
      tables: [],
      unread: [{ machinery: 'nft', why: 'nft printed no JSON that can be read' }],
    });
  },
);

test('parseNftRuleset() leaves out what has another shape than it expects, and never throws', () => {
  const all: readonly Record<string, Json>[] = JSON.parse(EVERY).nftables;
  // One rule in eight is enough: what goes wrong in one goes wrong in its neighbours.
  const some = all.filter((object, index) => object['rule'] === undefined || index % 8 === 0);
  for (const [index, object] of some.entries()) {
    const [tag = ''] = Object.keys(object);
    for (const wrong of [null, 5, 'x', [], {}, { ...object, expr: [{ match: 5 }, { vmap: {} }, 7] }]) {
      const nftables = some.map((each, at) => (at === index ? { [tag]: wrong } : each));
      expect(() => parseNftRuleset(JSON.stringify({ nftables }))).not.toThrow();
    }
  }
});
