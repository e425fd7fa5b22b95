/** Packets through rulesets as docker, CNI's portmap, ufw, firewalld and kube-proxy write them. */

import { expect, test } from 'vitest';
import type { DeviceName } from '../../../src/host/link.ts';
import type { Ruleset } from '../../../src/host/ruleset.ts';
import type { HookPass, HookResult } from '../../../src/walk/netfilter/contract.ts';
import { passHook } from '../../../src/walk/netfilter/pass-hook.ts';
import { addr } from '../../helpers/iproute-text.ts';
import { iptablesFixture, nftFixture, packet, passage, to } from './hook.ts';

const LOCAL = { addressType: () => 'local' };

function device(name: string): DeviceName {
  return name as DeviceName;
}

/** Through prerouting, and then the hook. */
function arriving(ruleset: Ruleset, hook: HookPass['hook'], change: Partial<HookPass>): HookResult {
  const entered = passHook(passage(ruleset, { ...change, hook: 'prerouting', outDevice: undefined }));
  if (entered.fate !== undefined) return entered;
  return passHook(passage(ruleset, { ...change, hook, packet: entered.packet, conntrack: entered.conntrack }));
}

function ended({ fate }: HookResult): string {
  if (fate === undefined) return 'passed';
  if (fate.kind === 'undecided') return `undecided: ${fate.because.join('; ')}`;
  return fate.kind === 'dropped' && fate.reason.kind === 'filtered'
    ? `${fate.reason.verdict} by ${fate.reason.rule.text}`
    : fate.kind;
}

const IN = { inDevice: device('eth0'), outDevice: device('docker0') };

test('docker lets the published port in, translated, and nothing else', () => {
  const docker = iptablesFixture('docker');
  const published = arriving(docker, 'forward', {
    ...IN,
    ...LOCAL,
    packet: packet({ destination: addr('192.0.2.1'), transport: to('tcp', 8080) }),
  });
  expect(ended(published)).toBe('passed');
  expect(published.packet).toMatchObject({ destination: '172.17.0.2', transport: { destPort: 80 } });

  const other = arriving(docker, 'forward', {
    ...IN,
    packet: packet({ destination: addr('172.17.0.2'), transport: to('tcp', 81) }),
  });
  expect(ended(other)).toBe('drop by -P FORWARD DROP');

  const out = arriving(docker, 'forward', {
    inDevice: device('docker0'),
    outDevice: device('eth0'),
    packet: packet({ source: addr('172.17.0.2') }),
  });
  expect(ended(out)).toBe('passed');

  const between = arriving(docker, 'forward', {
    inDevice: device('docker0'),
    outDevice: device('br-1'),
    packet: packet({ source: addr('172.17.0.2') }),
  });
  expect(ended(between)).toBe('passed');
});

test('docker masquerades what leaves its net, and not what stays', () => {
  const docker = iptablesFixture('docker');
  const from = { inDevice: device('docker0'), packet: packet({ source: addr('172.17.0.2') }) };

  expect(arriving(docker, 'postrouting', { ...from, outDevice: device('eth0') }).packet.source).toBe('10.0.2.1');
  expect(arriving(docker, 'postrouting', { ...from, outDevice: device('docker0') }).packet.source).toBe('172.17.0.2');
});

test('portmap translates the host port, and masquerades what it marked', () => {
  const portmap = iptablesFixture('portmap');
  const hairpin = packet({ source: addr('10.88.0.7'), destination: addr('192.0.2.1'), transport: to('tcp', 8080) });
  const { packet: translated } = arriving(portmap, 'postrouting', { ...LOCAL, packet: hairpin });

  expect(translated).toMatchObject({
    source: '10.0.2.1',
    destination: '10.88.0.5',
    mark: 0x2000,
    transport: { destPort: 80 },
  });
  expect(
    arriving(portmap, 'postrouting', { ...LOCAL, packet: { ...hairpin, source: addr('10.0.1.2') } }).packet.source,
  ).toBe('10.0.1.2');
});

test.each([
  ['ping', packet(), 'local', 'passed'],
  ['an allowed port', packet({ transport: to('tcp', 80) }), 'local', 'passed'],
  ['a port that is not allowed', packet({ transport: to('tcp', 81) }), 'local', 'drop by -P INPUT DROP'],
  ['a packet for somebody else', packet({ transport: to('tcp', 80) }), 'unicast', 'drop by -A ufw-not-local -j DROP'],
])('ufw takes %s as the kernel does, whatever its log limits say', (_, sent, type, end) => {
  const pass = { packet: sent, outDevice: undefined, addressType: () => type };

  expect(ended(arriving(iptablesFixture('ufw'), 'input', pass))).toBe(end);
});

test('ufw limit lets the first packet in, and says what it depends on', () => {
  const pass = { packet: packet({ transport: to('tcp', 22) }), outDevice: undefined, ...LOCAL };
  const result = arriving(iptablesFixture('ufw'), 'input', pass);

  expect(ended(result)).toBe('passed');
  expect(result.steps).toMatchObject([
    {
      stage: 'netfilter',
      unsure: [expect.stringMatching(/^Assumed: "-m recent --update .*hitcount 6.*is not used up/)],
    },
  ]);
});

const FIREWALLD: readonly (readonly [string, Partial<HookPass>, string])[] = [
  ['ssh to the public zone', { packet: packet({ transport: to('tcp', 22) }), inDevice: device('eth0') }, 'passed'],
  [
    'http to the public zone',
    { packet: packet({ transport: to('tcp', 80) }), inDevice: device('eth0') },
    'reject by reject with icmpx admin-prohibited',
  ],
  ['http to the internal zone', { packet: packet({ transport: to('tcp', 80) }), inDevice: device('eth1') }, 'passed'],
  ['ping to an unknown device', { inDevice: device('x') }, 'passed'],
];

test.each(FIREWALLD)('firewalld answers %s', (_, change, end) => {
  expect(ended(arriving(nftFixture('firewalld'), 'input', { ...change, outDevice: undefined }))).toBe(end);
});

test('firewalld asks IPv6 for its way back, which is not modelled', () => {
  const sent = packet({ source: addr('fd01::2'), destination: addr('fd01::1') });

  expect(ended(arriving(nftFixture('firewalld'), 'input', { packet: sent, outDevice: undefined }))).toContain(
    'fib saddr . mark . iif oif missing',
  );
});

test.each([
  ['iptables', iptablesFixture('kube-proxy')],
  ['nft', nftFixture('kube-proxy')],
])('kube-proxy (%s) is undecided about which endpoint a service leads to, and about nothing else', (_, ruleset) => {
  const service = (port: number) =>
    packet({ source: addr('10.244.9.9'), destination: addr('10.96.0.20'), transport: to('tcp', port) });

  expect(ended(arriving(ruleset, 'forward', { packet: service(80) }))).toMatch(
    /^undecided: "(-m statistic|numgen random)/,
  );
  expect(ended(arriving(ruleset, 'forward', { packet: packet() }))).toBe('passed');
});

test('kube-proxy (nft) rejects what no service listens on', () => {
  const closed = packet({ destination: addr('10.96.0.20'), transport: to('udp', 99) });

  expect(ended(arriving(nftFixture('kube-proxy'), 'forward', { packet: closed }))).toMatch(
    /^reject by ip daddr @cluster-ips reject/,
  );
});
