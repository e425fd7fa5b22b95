import { expect, test } from 'vitest';
import { unknown } from '../../../src/host/fact.ts';
import type { DeviceName } from '../../../src/host/link.ts';
import type { Ruleset } from '../../../src/host/ruleset.ts';
import type { HookResult } from '../../../src/walk/netfilter/contract.ts';
import { passHook } from '../../../src/walk/netfilter/pass-hook.ts';
import { addr } from '../../helpers/iproute-text.ts';
import { iptablesRules, packet, passage, router, to, together } from './hook.ts';

const NOTHING: Ruleset = { tables: [], unread: [] };

function becauseOf({ fate }: HookResult): readonly string[] {
  return fate?.kind === 'undecided' ? fate.because : [];
}

test('passHook() lets a packet pass an empty ruleset without a step', () => {
  const pass = passage(NOTHING);

  expect(passHook(pass)).toEqual({
    packet: pass.packet,
    conntrack: pass.conntrack,
    steps: [],
    fate: undefined,
    reroute: false,
  });
});

test('passHook() names the rule that drops, its hook, its devices and the packet as it was there', () => {
  const { fate, steps } = passHook(
    passage(iptablesRules('filter', ['-A FORWARD -p tcp -j ACCEPT', '-A FORWARD -p icmp -j DROP'])),
  );

  expect(fate).toEqual({
    kind: 'dropped',
    netns: 'r',
    device: 're1',
    reason: {
      kind: 'filtered',
      hook: 'forward',
      rule: expect.objectContaining({
        machinery: 'iptables-nft',
        chain: 'FORWARD',
        position: 2,
        text: '-A FORWARD -p icmp -j DROP',
      }),
      verdict: 'drop',
      with: undefined,
      bridged: false,
      packet: packet(),
      inDevice: 're1',
      outDevice: 're2',
    },
  });
  expect(steps).toMatchObject([{ stage: 'netfilter', hook: 'forward', chains: 1, rules: [{ position: 2 }] }]);
});

test('passHook() says how it was rejected', () => {
  const { fate } = passHook(
    passage(iptablesRules('filter', ['-A FORWARD -j REJECT --reject-with icmp-host-prohibited'])),
  );

  expect(fate).toMatchObject({ reason: { verdict: 'reject', with: 'icmp-host-prohibited' } });
});

test('passHook() names a policy as position 0 of its chain', () => {
  const { fate } = passHook(passage(iptablesRules('filter', ['-P FORWARD DROP', '-A FORWARD -p udp -j ACCEPT'])));

  expect(fate).toMatchObject({ reason: { rule: { chain: 'FORWARD', position: 0, text: '-P FORWARD DROP' } } });
});

test('passHook() is undecided where an unmodelled condition decides, and says which of which rule', () => {
  const rules = ['-P FORWARD DROP', '-A FORWARD -m set --match-set friends src -j ACCEPT'];

  expect(becauseOf(passHook(passage(iptablesRules('filter', rules))))).toEqual([
    '"-m set --match-set friends src" is not modelled (rule 1 of iptables-nft ip filter FORWARD: -A FORWARD -m set --match-set friends src -j ACCEPT)',
  ]);
});

test.each([
  [
    'another condition of the rule says no',
    ['-P FORWARD DROP', '-A FORWARD -p tcp -m set --match-set x src -j ACCEPT'],
    'dropped',
  ],
  ['it only logs', ['-A FORWARD -m limit --limit 1/s -j LOG'], undefined],
  ['the next rule does the same', ['-A FORWARD -m set --match-set x src -j DROP', '-A FORWARD -j DROP'], 'dropped'],
  [
    'the packet is accepted before',
    ['-A FORWARD -p icmp -j ACCEPT', '-A FORWARD -m set --match-set x src -j DROP'],
    undefined,
  ],
  [
    'it calls a chain that comes back',
    ['-N OWN', '-A FORWARD -m set --match-set x src -j OWN', '-A OWN -p tcp -j DROP'],
    undefined,
  ],
])('passHook() decides in spite of an unmodelled condition where %s', (_, rules, fate) => {
  expect(passHook(passage(iptablesRules('filter', rules))).fate?.kind).toBe(fate);
});

test.each([
  [
    'a target that it does not model',
    ['-A FORWARD -j NFQUEUE --queue-num 0'],
    '"-j NFQUEUE --queue-num 0" is not modelled (rule 1 of iptables-nft ip filter FORWARD)',
  ],
  [
    'an address type that cannot be told',
    ['-A FORWARD -m addrtype --dst-type LOCAL -j DROP'],
    '"destination address type local" is not modelled',
  ],
])('passHook() is undecided at %s', (_, rules, because) => {
  const pass = passage(iptablesRules('filter', rules), { addressType: () => undefined });

  expect(becauseOf(passHook(pass))[0]).toContain(because);
});

test('passHook() is undecided where the ruleset could not be read', () => {
  const pass = passage(NOTHING);
  const unread = { ...pass, netns: { ...pass.netns, ruleset: unknown('nft: no permission') } };

  expect(becauseOf(passHook(unread))).toEqual(['nft: no permission']);
});

test.each([
  ['may hold rules for the packet', 'ip', 'undecided'],
  ['is of the other family', 'ip6', undefined],
  ['is of any family', undefined, 'undecided'],
] as const)('passHook() minds a part of the ruleset that could not be read and %s', (_, family, fate) => {
  const unread: Ruleset = {
    tables: [],
    unread: [{ machinery: 'iptables-legacy', family, why: 'iptables-legacy-save is not installed' }],
  };
  const result = passHook(passage(unread));

  expect(result.fate?.kind).toBe(fate);
  if (fate !== undefined) expect(becauseOf(result)).toEqual(['iptables-legacy-save is not installed']);
});

test('passHook() knows that a packet is dropped, whatever the part that could not be read would do', () => {
  const unread: Ruleset = { tables: [], unread: [{ machinery: 'iptables-legacy', why: 'not installed' }] };

  expect(passHook(passage(together(iptablesRules('filter', ['-P FORWARD DROP']), unread))).fate?.kind).toBe('dropped');
});

test('passHook() translates, and says from what to what and by which rule', () => {
  const masquerade = iptablesRules('nat', ['-A POSTROUTING -s 10.0.1.0/24 -j MASQUERADE']);
  const entered = passHook(passage(masquerade, { hook: 'prerouting', outDevice: undefined }));
  const left = passHook(passage(masquerade, { hook: 'postrouting', conntrack: entered.conntrack }));

  expect(left.packet.source).toBe('10.0.2.1');
  expect(left.steps.at(-1)).toMatchObject({
    stage: 'nat',
    hook: 'postrouting',
    rule: { text: '-A POSTROUTING -s 10.0.1.0/24 -j MASQUERADE' },
    before: { source: '10.0.1.2' },
    after: { source: '10.0.2.1' },
  });
});

test.each([
  ['the destination where packets come in', 'PREROUTING -d 10.0.2.0/24', 'prerouting', { destination: '10.7.0.2' }],
  ['the source where they leave', 'POSTROUTING -s 10.0.1.0/24', 'postrouting', { source: '10.7.0.2' }],
] as const)('passHook() maps the network of %s with NETMAP', (_, match, hook, mapped) => {
  const netmap = iptablesRules('nat', [`-A ${match} -j NETMAP --to 10.7.0.0/24`]);
  const entered = passHook(passage(netmap, { hook: 'prerouting', outDevice: undefined }));
  const { packet } =
    hook === 'prerouting' ? entered : passHook(passage(netmap, { hook, conntrack: entered.conntrack }));
  expect(packet).toMatchObject({ source: '10.0.1.2', destination: '10.0.2.2', ...mapped });
});

test('passHook() turns an answer back without a rule', () => {
  const masquerade = iptablesRules('nat', ['-A POSTROUTING -j MASQUERADE']);
  const entered = passHook(passage(masquerade, { hook: 'prerouting', outDevice: undefined }));
  const left = passHook(passage(masquerade, { hook: 'postrouting', conntrack: entered.conntrack }));
  const answer = packet({
    source: addr('10.0.2.2'),
    destination: addr('10.0.2.1'),
    transport: { protocol: 'icmp', message: 'echo-reply', id: 1 },
  });
  const back = passHook(
    passage(masquerade, {
      hook: 'prerouting',
      leg: 'reply',
      packet: answer,
      inDevice: 're2' as DeviceName,
      outDevice: undefined,
      conntrack: left.conntrack,
    }),
  );

  expect(back.packet.destination).toBe('10.0.1.2');
  expect(back.steps).toMatchObject([{ stage: 'nat', hook: 'prerouting', rule: undefined }]);
  expect(back.conntrack.connections[0]?.answered).toBe(true);
});

test('passHook() drops what is to be masqueraded where there is no address to put there', () => {
  const masquerade = iptablesRules('nat', ['-A POSTROUTING -j MASQUERADE']);
  const entered = passHook(passage(masquerade, { hook: 'prerouting', outDevice: undefined }));
  const { fate } = passHook(
    passage(masquerade, { hook: 'postrouting', conntrack: entered.conntrack, masqueradeAddress: () => undefined }),
  );

  expect(fate).toMatchObject({ kind: 'dropped', reason: { rule: { text: '-A POSTROUTING -j MASQUERADE' } } });
});

test('passHook() is undecided about which of several addresses is taken', () => {
  const dnat = iptablesRules('nat', ['-A PREROUTING -j DNAT --to-destination 10.0.2.5-10.0.2.9']);

  expect(becauseOf(passHook(passage(dnat, { hook: 'prerouting', outDevice: undefined })))[0]).toContain(
    'which address the kernel takes',
  );
});

test('passHook() asks for a new route when output changes where the packet goes, or its mark in mangle', () => {
  const output = { hook: 'output', inDevice: undefined } as const;
  const rerouted = (ruleset: Ruleset) => passHook(passage(ruleset, output)).reroute;

  expect(rerouted(iptablesRules('nat', ['-A OUTPUT -j DNAT --to-destination 10.0.9.9']))).toBe(true);
  expect(rerouted(iptablesRules('mangle', ['-A OUTPUT -j MARK --set-mark 1']))).toBe(true);
  expect(rerouted(iptablesRules('mangle', ['-A OUTPUT -j MARK --set-mark 0']))).toBe(false);
  expect(rerouted(iptablesRules('raw', ['-A OUTPUT -j MARK --set-mark 1']))).toBe(false);
});

const BRIDGED = { bridge: 'br0' as DeviceName, inPort: 'pa' as DeviceName, outPort: 'pa' as DeviceName };

test.each([
  ['the sysctl is 1', { 'net/bridge/bridge-nf-call-iptables': 1 }, 'dropped'],
  ['it is 0', { 'net/bridge/bridge-nf-call-iptables': 0 }, undefined],
  [
    'only that of IPv6 is 1',
    { 'net/bridge/bridge-nf-call-iptables': 0, 'net/bridge/bridge-nf-call-ip6tables': 1 },
    undefined,
  ],
])('passHook() sends a bridged frame through FORWARD when %s', (_, sysctls, fate) => {
  const ruleset = iptablesRules('filter', ['-A FORWARD -i br0 -j DROP']);
  const pass = passage(ruleset, {
    netns: router(ruleset, sysctls),
    inDevice: BRIDGED.bridge,
    outDevice: BRIDGED.bridge,
    bridged: BRIDGED,
  });

  expect(passHook(pass).fate?.kind).toBe(fate);
});

test('passHook() is undecided about a bridged frame where the sysctls could not be read and FORWARD would drop it', () => {
  const ruleset = iptablesRules('filter', ['-A FORWARD -j DROP']);
  const netns = {
    ...router(ruleset),
    sysctls: { values: new Map(), source: { command: [] }, unreadable: 'no permission' },
  };
  const pass = passage(ruleset, { netns, inDevice: BRIDGED.bridge, outDevice: BRIDGED.bridge, bridged: BRIDGED });

  expect(becauseOf(passHook(pass))).toEqual([
    'whether br_netfilter sends the frames of br0 through the IP firewall could not be read',
  ]);
});

test('passHook() does not know the port of a routed packet unless it is told', () => {
  const ruleset = iptablesRules('filter', ['-A FORWARD -m physdev --physdev-in pa -j DROP']);
  const netns = router(ruleset, { 'net/bridge/bridge-nf-call-iptables': 1 });
  const routed = { netns, inDevice: BRIDGED.bridge };

  expect(passHook(passage(ruleset, { ...routed, arrivalPort: BRIDGED.inPort })).fate?.kind).toBe('dropped');
  expect(becauseOf(passHook(passage(ruleset, routed)))[0]).toContain('in bridge port pa');
});

test('passHook() reads the ports of TCP and UDP, and of ICMP not what it has not', () => {
  const ruleset = iptablesRules('filter', ['-A FORWARD -m multiport --dports 80 -j DROP']);

  expect(passHook(passage(ruleset, { packet: packet({ transport: to('tcp', 80) }) })).fate?.kind).toBe('dropped');
  expect(passHook(passage(ruleset, { packet: packet({ transport: to('udp', 81) }) })).fate).toBeUndefined();
  expect(passHook(passage(ruleset)).fate?.kind).toBe('undecided');
});
