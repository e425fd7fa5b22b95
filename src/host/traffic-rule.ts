/**
 * The traffic that a rule of ours names, in its three readings: conditions of the model, words for iptables, words for
 * nft.
 *
 * @module
 */

import { formatPrefix, formatRoutePrefix, type Prefix } from '../net/prefix.ts';
import type { TrafficSelector } from './edit.ts';
import type { Hook, Match, TableFamily } from './ruleset.ts';

/** The traffic with the devices alone that a rule at the hook can ask for. */
export function atHook(traffic: TrafficSelector, hook: Hook): TrafficSelector {
  const { inDevice, outDevice, ...others } = traffic;
  const hasIn = hook !== 'output' && hook !== 'postrouting' && hook !== 'egress';
  const hasOut = hook !== 'input' && hook !== 'prerouting' && hook !== 'ingress';
  return {
    ...others,
    ...(inDevice !== undefined && hasIn && { inDevice }),
    ...(outDevice !== undefined && hasOut && { outDevice }),
  };
}

/** IP protocol numbers. */
const PROTOCOL = { icmp: 1, tcp: 6, udp: 17, icmpv6: 58 } as const;

/** RFC 4861 section 4.3 and 4.4, and nft's words for them. */
const DISCOVERY = {
  solicitation: { type: 135, nft: 'nd-neighbor-solicit' },
  advertisement: { type: 136, nft: 'nd-neighbor-advert' },
} as const;

/** As the model has it. */
export function trafficMatches(traffic: TrafficSelector, table: TableFamily): readonly Match[] {
  const matches: Match[] = [];
  // ARP is of neither IP family, which is how the recording has `ether type arp`.
  if (traffic.resolution === 'arp') return [{ kind: 'family', negate: false, families: [] }];
  if (table !== 'ip' && table !== 'ip6') matches.push({ kind: 'family', negate: false, families: [traffic.family] });
  const device = (side: 'in' | 'out', name: string | undefined) => {
    if (name !== undefined) matches.push({ kind: 'device', side, negate: false, names: [{ name, wildcard: false }] });
  };
  const address = (side: 'source' | 'destination', prefix: Prefix | undefined) => {
    if (prefix !== undefined) matches.push({ kind: 'address', side, negate: false, prefixes: [prefix] });
  };
  const port = (side: 'source' | 'destination', number: number | undefined) => {
    if (number !== undefined) matches.push({ kind: 'port', side, negate: false, ranges: [[number, number]] });
  };
  address('source', traffic.source);
  address('destination', traffic.destination);
  device('in', traffic.inDevice);
  device('out', traffic.outDevice);
  if (traffic.resolution !== undefined) {
    const { type } = DISCOVERY[traffic.resolution];
    matches.push({ kind: 'icmp', family: 'inet6', negate: false, types: [[type, type]], codes: undefined });
  } else if (traffic.protocol !== undefined) {
    matches.push({ kind: 'protocol', negate: false, protocols: [PROTOCOL[traffic.protocol]] });
  }
  port('source', traffic.sourcePort);
  port('destination', traffic.destPort);
  return matches;
}

/**
 * As iptables takes it.
 *
 * @param saved As iptables-save writes it: with the module that reads the ports.
 */
export function iptablesWordsOf(traffic: TrafficSelector, saved = false): readonly string[] {
  const { protocol, sourcePort, destPort, resolution } = traffic;
  const message = resolution === undefined || resolution === 'arp' ? undefined : DISCOVERY[resolution];
  const hasPorts = sourcePort !== undefined || destPort !== undefined;
  return [
    ...option('-s', traffic.source && formatPrefix(traffic.source)),
    ...option('-d', traffic.destination && formatPrefix(traffic.destination)),
    ...option('-i', traffic.inDevice),
    ...option('-o', traffic.outDevice),
    ...option('-p', protocol === 'icmpv6' ? 'ipv6-icmp' : protocol),
    ...(saved && hasPorts ? option('-m', protocol) : []),
    ...(saved && message !== undefined ? ['-m', 'icmp6'] : []),
    ...option('--icmpv6-type', message?.type.toString()),
    ...option('--sport', sourcePort?.toString()),
    ...option('--dport', destPort?.toString()),
  ];
}

/** As nft takes it. Names of devices in quotes: `ip` may be one. */
export function nftWordsOf(traffic: TrafficSelector, table: TableFamily): readonly string[] {
  if (traffic.resolution === 'arp') return ['ether', 'type', 'arp'];
  const ip = traffic.family === 'inet' ? 'ip' : 'ip6';
  const namesFamily = traffic.source !== undefined || traffic.destination !== undefined;
  const seesOthers = table !== 'ip' && table !== 'ip6' && !namesFamily && traffic.resolution === undefined;
  return [
    ...option('iifname', nftQuoted(traffic.inDevice)),
    ...option('oifname', nftQuoted(traffic.outDevice)),
    ...(seesOthers ? ['meta', 'protocol', ip] : []),
    ...(traffic.source === undefined ? [] : [ip, 'saddr', nftPrefix(traffic.source)]),
    ...(traffic.destination === undefined ? [] : [ip, 'daddr', nftPrefix(traffic.destination)]),
    ...nftTransport(traffic),
  ];
}

function nftTransport({ protocol, sourcePort, destPort, resolution }: TrafficSelector): readonly string[] {
  if (resolution !== undefined && resolution !== 'arp') return ['icmpv6', 'type', DISCOVERY[resolution].nft];
  if (protocol === undefined) return [];
  const ports = [
    ...(sourcePort === undefined ? [] : [protocol, 'sport', String(sourcePort)]),
    ...(destPort === undefined ? [] : [protocol, 'dport', String(destPort)]),
  ];
  return ports.length > 0 ? ports : ['meta', 'l4proto', protocol === 'icmpv6' ? 'ipv6-icmp' : protocol];
}

/** nft has no prefix of length 0 that it would print back: everything of the family is 0.0.0.0/0. */
function nftPrefix(prefix: Prefix): string {
  return prefix.length === 0 ? formatPrefix(prefix) : formatRoutePrefix(prefix);
}

/** An asterisk at the end would be a wildcard. */
function nftQuoted(device: string | undefined): string | undefined {
  return device === undefined ? undefined : `"${device.replace(/\*$/, '\\*')}"`;
}

function option(name: string, value: string | undefined): readonly string[] {
  return value === undefined ? [] : [name, value];
}
