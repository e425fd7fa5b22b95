/**
 * One passage of a hook for tests: a router `r` with re1 (10.0.1.1), re2 (10.0.2.1) and a bridge br0 with port pa, an
 * echo request from 10.0.1.2 to 10.0.2.2, and only what differs from that.
 *
 * @module
 */

import { readFileSync } from 'node:fs';
import { known } from '../../../src/host/fact.ts';
import type { Netns } from '../../../src/host/host.ts';
import type { DeviceName } from '../../../src/host/link.ts';
import type { Ruleset } from '../../../src/host/ruleset.ts';
import type { Packet, Transport } from '../../../src/journey/packet.ts';
import { type IptablesSource, parseIptablesSave } from '../../../src/recording/iptables-save.ts';
import { parseNftRuleset } from '../../../src/recording/nft.ts';
import { type HookPass, NO_CONNECTIONS } from '../../../src/walk/netfilter/contract.ts';
import { hostOf } from '../../helpers/build-host.ts';
import { addr, port } from '../../helpers/iproute-text.ts';

const FIXTURES = new URL('../../fixtures/rulesets/', import.meta.url);

/** A recorded listing of nft. */
export function nftFixture(name: string): Ruleset {
  return parseNftRuleset(readFileSync(new URL(`${name}.nft.json`, FIXTURES), 'utf8'));
}

/** What a recorded iptables-save says. */
export function iptablesFixture(name: string): Ruleset {
  return parseIptablesSave(readFileSync(new URL(`${name}.iptables-save`, FIXTURES), 'utf8'), IPTABLES);
}

const IPTABLES: IptablesSource = { machinery: 'iptables-nft', family: 'ip' };

/** Rules as iptables-save would print them: `-A FORWARD -j DROP`, `-P FORWARD DROP`, and `-N CHAIN`. */
export function iptablesRules(table: string, rules: readonly string[], source = IPTABLES): Ruleset {
  const policies = new Map(
    rules.flatMap((rule) => [...rule.matchAll(/^-P (\S+) (\S+)/g)].map(([, name, policy]) => [name, policy])),
  );
  const own = rules.flatMap((rule) => [...rule.matchAll(/^-N (\S+)/g)].map(([, name]) => `:${name} - [0:0]`));
  const builtin = BUILTIN[table] ?? [];
  const chains = builtin.map((name) => `:${name} ${policies.get(name) ?? 'ACCEPT'} [0:0]`);
  const appended = rules.filter((rule) => rule.startsWith('-A'));
  return parseIptablesSave([`*${table}`, ...chains, ...own, ...appended, 'COMMIT', ''].join('\n'), source);
}

const BUILTIN: Readonly<Record<string, readonly string[]>> = {
  filter: ['INPUT', 'FORWARD', 'OUTPUT'],
  nat: ['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING'],
  mangle: ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'],
  raw: ['PREROUTING', 'OUTPUT'],
};

/** Several rulesets loaded at once. */
export function together(...rulesets: readonly Ruleset[]): Ruleset {
  return {
    tables: rulesets.flatMap(({ tables }) => tables),
    unread: rulesets.flatMap(({ unread }) => unread),
  };
}

/** The router with this ruleset. */
export function router(ruleset: Ruleset, sysctls: Readonly<Record<string, number>> = {}): Netns {
  const host = hostOf({
    r: {
      links: {
        re1: { kind: 'veth', addresses: ['10.0.1.1/24', 'fd01::1/64'] },
        re2: { kind: 'veth', addresses: ['10.0.2.1/24', 'fd02::1/64'] },
        br0: { kind: 'bridge', addresses: ['172.17.0.1/16'] },
        pa: { kind: 'veth', master: 'br0' },
      },
      sysctls: { 'net/ipv4/ip_forward': 1, ...sysctls },
    },
  });
  const [netns] = host.namespaces;
  if (netns === undefined) throw new Error('no router');
  return { ...netns, ruleset: known(ruleset, { command: ['nft', 'list', 'ruleset'] }) };
}

/** An echo request, or what is said of it. */
export function packet(change: Partial<Packet> = {}): Packet {
  return {
    source: addr('10.0.1.2'),
    destination: addr('10.0.2.2'),
    transport: { protocol: 'icmp', message: 'echo-request', id: 1 },
    lengthBytes: 84,
    dontFragment: true,
    ttl: 64,
    mark: 0,
    ...change,
  };
}

/** A SYN to that port, or the first datagram. */
export function to(protocol: 'tcp' | 'udp', destPort: number): Transport {
  const ports = { sourcePort: port(40000), destPort: port(destPort) };
  return protocol === 'udp' ? { protocol, ...ports } : { protocol, ...ports, flags: 'syn' };
}

/** A passage of the forward hook from re1 to re2. */
export function passage(ruleset: Ruleset, change: Partial<HookPass> = {}): HookPass {
  return {
    netns: router(ruleset),
    hook: 'forward',
    leg: 'request',
    packet: packet(),
    inDevice: 're1' as DeviceName,
    outDevice: 're2' as DeviceName,
    bridged: undefined,
    conntrack: NO_CONNECTIONS,
    addressType: () => 'unicast',
    masqueradeAddress: () => addr('10.0.2.1'),
    ...change,
  };
}
