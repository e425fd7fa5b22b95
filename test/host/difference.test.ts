import { describe, expect, test } from 'vitest';
import { differenceOf } from '../../src/host/difference/difference.ts';
import { originsOf } from '../../src/host/difference/origins.ts';
import { changeText } from '../../src/host/difference/words.ts';
import type { Host } from '../../src/host/host.ts';
import type { Interceptor } from '../../src/host/interceptor.ts';
import type { DeviceName } from '../../src/host/link.ts';
import type { FilterRule, Ruleset } from '../../src/host/ruleset.ts';
import { iptables, nftDropping } from '../faults/rulesets.ts';
import {
  forget,
  type HostSpec,
  hostOf,
  type LinkSpec,
  type NetnsSpec,
  tweakLink,
  tweakNetns,
} from '../helpers/build-host.ts';

const NS1: NetnsSpec = {
  links: { veth0: { peer: 'ns2:veth1', addresses: ['10.0.1.1/24'], mac: '02:00:00:00:00:01' } },
  routes: ['10.0.2.0/24 via 10.0.1.2 dev veth0'],
};
const NS2: NetnsSpec = { links: { veth1: { addresses: ['10.0.1.2/24'] } } };
const PAIR: HostSpec = { ns1: NS1, ns2: NS2 };

const network = (ns1: Partial<NetnsSpec>, ns2: Partial<NetnsSpec> = {}) =>
  hostOf({ ns1: { ...NS1, ...ns1 }, ns2: { ...NS2, ...ns2 } });
/** Without an address or down, the device has lost its routes. */
const veth0 = (change: Partial<LinkSpec>) =>
  network({
    ...(change.up === false || change.addresses?.length === 0 ? { routes: [] } : {}),
    links: { veth0: { ...NS1.links?.['veth0'], ...change } },
  });
const inBridge = (master: string) => tweakLink(network({}), 'ns1:veth0', { master: master as DeviceName });
const ruleset = (value: Ruleset) => network({ ruleset: value });
const tbf: Interceptor = {
  side: 'egress',
  sort: { kind: 'qdisc' },
  takes: { kind: 'all' },
  name: 'qdisc tbf',
  line: '',
};

/** The origins of all that differs, in words, with how many changes follow from each. */
function said(before: Host, after: Host): readonly string[] {
  return originsOf(differenceOf(before, after).changes).map(({ change }) => changeText(change));
}

describe('changeText() names what turned, and where', () => {
  const cases: readonly (readonly [before: Host, after: Host, text: string])[] = [
    [network({}), network({ routes: [] }), 'route 10.0.2.0/24 via 10.0.1.2 dev veth0 deleted in ns1'],
    [network({ routes: [] }), network({}), 'route 10.0.2.0/24 via 10.0.1.2 dev veth0 added in ns1'],
    [
      network({}),
      network({ routes: ['10.0.2.0/24 via 10.0.1.9 dev veth0'] }),
      'route 10.0.2.0/24 via 10.0.1.2 dev veth0 replaced by 10.0.2.0/24 via 10.0.1.9 dev veth0 in ns1',
    ],
    [
      network({}),
      network({ routes: [...(NS1.routes ?? []), 'blackhole 10.7.0.0/16 table 7'] }),
      'route blackhole 10.7.0.0/16 (table 7) added in ns1',
    ],
    [
      network({}),
      network({ rules: ['100: from 10.0.0.0/8 lookup 7'] }),
      'rule 100: from 10.0.0.0/8 lookup 7 added in ns1',
    ],
    [network({}), veth0({ up: false }), 'device veth0 set down in ns1'],
    [network({}), tweakLink(network({}), 'ns1:veth0', { carrier: false }), 'device veth0 lost carrier in ns1'],
    [network({}), veth0({ mtu: 1400 }), 'device veth0 mtu 1500 -> 1400 in ns1'],
    [network({}), veth0({ mtu: 1400, noArp: true }), 'device veth0 mtu 1500 -> 1400, noarp off -> on in ns1'],
    [network({}), inBridge('br0'), 'device veth0 put into br0 in ns1'],
    [inBridge('br0'), network({}), 'device veth0 taken out of br0 in ns1'],
    [inBridge('br0'), inBridge('br1'), 'device veth0 moved from br0 to br1 in ns1'],
    [network({}), veth0({ addresses: [] }), 'address 10.0.1.1/24 deleted from veth0 in ns1'],
    [
      veth0({ addresses: ['10.0.1.1/24', 'fd00::1/64 tentative'] }),
      veth0({ addresses: ['10.0.1.1/24', 'fd00::1/64'] }),
      'address fd00::1/64 on veth0 in ns1: scope global tentative -> scope global',
    ],
    [
      network({ sysctls: { 'net/ipv4/ip_forward': 1 } }),
      network({ sysctls: { 'net/ipv4/ip_forward': 0 } }),
      'sysctl net/ipv4/ip_forward 1 -> 0 in ns1',
    ],
    [
      network({ neighbors: ['10.0.1.2 dev veth0 lladdr 02:00:00:00:00:02 reachable'] }),
      network({ neighbors: ['10.0.1.2 dev veth0 lladdr 02:00:00:00:00:09 stale'] }),
      'neighbour 10.0.1.2 dev veth0 lladdr 02:00:00:00:00:02 replaced by 10.0.1.2 dev veth0 lladdr 02:00:00:00:00:09 in ns1',
    ],
    [network({}, { sockets: ['tcp 0.0.0.0:80'] }), network({}), 'nobody listens on tcp 0.0.0.0:80 in ns2 any more'],
    [network({}), network({}, { sockets: ['tcp [::]:80'] }), 'tcp [::]:80 is listened on in ns2 now'],
    [network({}), tweakLink(network({}), 'ns1:veth0', { interceptors: [tbf] }), 'qdisc tbf added on veth0 in ns1'],
    [network({}), hostOf({ ...PAIR, ns3: {} }), 'namespace ns3 appeared'],
    [hostOf({ ...PAIR, ns3: {} }), network({}), 'namespace ns3 vanished'],
    [
      network({}),
      tweakNetns(network({}), 'ns1', () => ({ inode: 77 })),
      'namespace ns1 is another one now, made anew under the same name',
    ],
    [network({}), ruleset(nftDropping('ip', 'input')), 'table ip t added in ns1 (nft), with rule "drop"'],
    [
      ruleset(iptables('filter', ':FORWARD ACCEPT [0:0]')),
      ruleset(iptables('filter', ':FORWARD DROP [0:0]')),
      'policy of chain ip filter FORWARD accept -> drop in ns1 (iptables-nft)',
    ],
    [
      ruleset(iptables('filter', ':FORWARD ACCEPT [0:0]')),
      ruleset(iptables('filter', ':FORWARD ACCEPT [0:0]', '-A FORWARD -i veth0 -j DROP')),
      'rule "-A FORWARD -i veth0 -j DROP" added to ip filter FORWARD in ns1 (iptables-nft)',
    ],
    [
      ruleset(iptables('filter', ':FORWARD ACCEPT [0:0]', '-A FORWARD -i a -j DROP', '-A FORWARD -i b -j ACCEPT')),
      ruleset(iptables('filter', ':FORWARD ACCEPT [0:0]', '-A FORWARD -i b -j ACCEPT', '-A FORWARD -i a -j DROP')),
      'chain ip filter FORWARD has its rules in another order in ns1 (iptables-nft)',
    ],
    [
      ruleset(iptables('filter', ':FORWARD ACCEPT [0:0]')),
      ruleset(iptables('filter', ':FORWARD ACCEPT [0:0]', ':MINE - [0:0]', '-A MINE -j DROP')),
      'chain ip filter MINE added in ns1 (iptables-nft), with rule "-A MINE -j DROP"',
    ],
    [
      network({}),
      forget(network({}), 'ns1', 'routes', 'ip ended with 1'),
      'routes of ns1 can no longer be read: ip ended with 1',
    ],
    [
      forget(network({}), 'ns1', 'ruleset', 'no nft'),
      network({}),
      'the ruleset of ns1 can be read now (before: no nft)',
    ],
  ];

  test.each(cases.map(([before, after, text]) => ({ before, after, text })))('$text', ({ before, after, text }) => {
    expect(said(before, after)).toEqual([text]);
  });
});

describe('differenceOf()', () => {
  test('finds nothing between two readings of one host, whatever came and went by itself', () => {
    const [before, after] = [
      network(
        {
          neighbors: ['10.0.1.2 dev veth0 lladdr 02:00:00:00:00:02 reachable'],
          ruleset: counted(iptables('filter', ':INPUT ACCEPT [0:0]', '-A INPUT -j ACCEPT'), 3),
        },
        { sockets: ['udp 0.0.0.0:40123'] },
      ),
      network({ ruleset: counted(iptables('filter', ':INPUT ACCEPT [0:0]', '-A INPUT -j ACCEPT'), 9) }),
    ];

    expect(differenceOf(before, after)).toEqual({ changes: [], notCompared: [] });
  });

  test('takes no entry for news that the kernel makes where there is nobody to ask, and one that somebody set for news', () => {
    const made = [
      '0.0.0.0 dev lo lladdr 00:00:00:00:00:00 noarp',
      '10.0.1.255 dev veth0 lladdr ff:ff:ff:ff:ff:ff noarp',
      '10.0.1.9 dev veth0 lladdr 02:00:00:00:00:01 noarp',
    ];
    expect(said(network({}), network({ neighbors: made }))).toEqual([]);
    const set = '10.0.1.9 dev veth0 lladdr 02:00:00:00:00:09 noarp';
    expect(said(network({}), network({ neighbors: [...made.slice(0, 2), set] }))).toHaveLength(1);
  });

  test('says what could be read neither time, and takes it for no change', () => {
    const host = forget(network({}), 'ns1', 'routes', 'ip is not installed');

    expect(differenceOf(host, host)).toEqual({
      changes: [],
      notCompared: [{ netns: 'ns1', part: 'routes', why: 'ip is not installed' }],
    });
  });

  test('tells that what a rule matches changed although it reads the same: a set has got another element', () => {
    const host = ruleset(iptables('filter', ':INPUT ACCEPT [0:0]', '-A INPUT -s 10.0.0.0/8 -j DROP'));
    const other = ruleset(
      mapRules(iptables('filter', ':INPUT ACCEPT [0:0]', '-A INPUT -s 10.0.0.0/8 -j DROP'), (rule) => ({
        ...rule,
        matches: [],
      })),
    );

    expect(said(host, other)).toEqual([
      'what rule "-A INPUT -s 10.0.0.0/8 -j DROP" matches changed, in ip filter INPUT in ns1 (iptables-nft)',
    ]);
  });

  test('takes a device that turns up in another namespace with its MAC for the same one', () => {
    const { ns1: _, ...rest } = PAIR;
    const before = hostOf({ ...PAIR, ns3: {} });
    const after = hostOf({
      ns1: {},
      ...rest,
      ns3: { links: { veth0: { peer: 'ns2:veth1', mac: '02:00:00:00:00:01', up: false } } },
    });

    expect(said(before, after)).toContain('device veth0 moved from ns1 to ns3');
    expect(said(before, after).filter((text) => text.includes('device'))).toHaveLength(1);
  });

  test('takes two devices of one MAC for two, and says that one went and another came', () => {
    const dummy: LinkSpec = { kind: 'dummy', mac: '02:00:00:00:00:0d' };
    const before = hostOf({ ns1: { links: { d0: dummy, d1: dummy } }, ns2: {} });
    const after = hostOf({ ns1: {}, ns2: { links: { d0: dummy, d1: dummy } } });

    expect(said(before, after)).toEqual([
      'device d0 deleted in ns1',
      'device d1 deleted in ns1',
      'device d0 added in ns2',
      'device d1 added in ns2',
    ]);
  });
});

describe('originsOf()', () => {
  test('keeps every change, each one once', () => {
    const before = network({ sysctls: { 'net/ipv4/ip_forward': 1 } });
    const after = hostOf({ ns1: {}, ns2: {}, ns3: {} });
    const { changes } = differenceOf(before, after);
    const origins = originsOf(changes);

    expect(changes.length).toBeGreaterThan(origins.length);
    expect(new Set(origins.flatMap(({ change, followers }) => [change, ...followers]))).toEqual(new Set(changes));
    expect(origins.flatMap(({ change, followers }) => [change, ...followers])).toHaveLength(changes.length);
  });

  test('lets two changes that do not follow from each other stand side by side', () => {
    expect(said(network({}), network({ routes: [], rules: ['100: from all blackhole'] }))).toEqual([
      'route 10.0.2.0/24 via 10.0.1.2 dev veth0 deleted in ns1',
      'rule 100: from all blackhole added in ns1',
    ]);
  });

  test('does not take a qdisc for a work of the kernel, whatever became of its device at the same time', () => {
    const after = tweakLink(veth0({ mtu: 1400 }), 'ns1:veth0', { interceptors: [tbf] });

    expect(said(network({}), after)).toEqual([
      'device veth0 mtu 1500 -> 1400 in ns1',
      'qdisc tbf added on veth0 in ns1',
    ]);
  });

  test('does not take a route for gone with a device that only has another MTU', () => {
    const before = network({});
    const after = veth0({ mtu: 1400 });
    const gone = tweakNetns(after, 'ns1', ({ routes }) => ({
      routes: routes.known
        ? { ...routes, value: routes.value.filter(({ nexthops }) => nexthops[0]?.via === undefined) }
        : routes,
    }));

    expect(said(before, gone)).toEqual([
      'device veth0 mtu 1500 -> 1400 in ns1',
      'route 10.0.2.0/24 via 10.0.1.2 dev veth0 deleted in ns1',
    ]);
  });
});

function mapRules(value: Ruleset, change: (rule: FilterRule) => FilterRule): Ruleset {
  const tables = value.tables.map((table) => ({
    ...table,
    chains: table.chains.map((chain) => ({ ...chain, rules: chain.rules.map(change) })),
  }));
  return { ...value, tables };
}

function counted(value: Ruleset, packets: number): Ruleset {
  return mapRules(value, (rule) => ({ ...rule, packets }));
}
