/**
 * Changes of what a namespace holds in lists: routes, policy rules, neighbours, forwarding databases, VLAN tables,
 * sockets, path MTUs.
 *
 * @module
 */

import { formatPrefix } from '../../net/prefix.ts';
import { type Fact, mapFact } from '../fact.ts';
import { linksOf, type Netns } from '../host.ts';
import type { BridgeVlan, NetnsName } from '../link.ts';
import type { PathMtu } from '../path-mtu.ts';
import type { FdbEntry, Neighbor, PolicyRule, Route } from '../route.ts';
import { ruleText } from '../route-text.ts';
import type { ListeningSocket } from '../socket.ts';
import type { Change } from './change.ts';
import { textOfAll, turnsOf } from './turn.ts';

export function routeChanges(netns: NetnsName, before: readonly Route[], after: readonly Route[]): readonly Change[] {
  return turnsOf(before, after, routeKey, routeContent).map((turn) => ({ subject: 'route', netns, ...turn }));
}

/** What the kernel tells routes apart by; several of one key are several next hops (IPv6), or were appended. */
function routeKey({ family, table, destination, metric, tos, from }: Route): string {
  return [family, table, formatPrefix(destination), metric, tos ?? 0, from && formatPrefix(from)].join(' ');
}

/** Without the marks that follow carrier (`linkdown`, `dead`): those are no news of the route. */
function routeContent({ type, nexthops, prefsrc, mtu, scope, protocol, unmodelled }: Route): string {
  const ways = nexthops.map(({ via, device, weight, flags }) => [via, device, weight, flags.includes('onlink')]);
  return textOfAll([type, ways, prefsrc, mtu, scope, protocol, unmodelled]);
}

/** The kernel changes no rule: another one takes its place. */
export function ruleChanges(
  netns: NetnsName,
  before: readonly PolicyRule[],
  after: readonly PolicyRule[],
): readonly Change[] {
  return turnsOf(before, after, (rule) => `${ruleText(rule)} ${textOfAll(rule)}`, ruleText).map((turn) => ({
    subject: 'rule',
    netns,
    ...turn,
  }));
}

/** Set by hand, or an answer for somebody else: it stays until somebody takes it away. */
function isSet({ state, proxy }: Neighbor): boolean {
  return proxy || state === 'permanent' || state === 'noarp';
}

/** Entries of these MACs the kernel makes by itself, where there is nothing to ask: on lo, and for broadcasts. */
const NOBODYS: readonly (string | undefined)[] = ['00:00:00:00:00:00', 'ff:ff:ff:ff:ff:ff'];

/**
 * The entries that somebody set or that were learned. Where ARP is off the kernel makes one with the device's own MAC for
 * whatever it sends to. Source: net/ipv4/arp.c arp_constructor(). Seen in test/live/difference.test.ts.
 */
export function ownNeighbors(netns: Netns): Fact<readonly Neighbor[]> {
  const macs = new Map(linksOf(netns).map(({ name, mac }) => [name, mac]));
  return mapFact(netns.neighbors, (entries) =>
    entries.filter(
      ({ state, mac, device }) => state !== 'noarp' || !(NOBODYS.includes(mac) || mac === macs.get(device)),
    ),
  );
}

/** What was learned comes and goes; that an address has another MAC than before is news. */
export function neighborChanges(
  netns: NetnsName,
  before: readonly Neighbor[],
  after: readonly Neighbor[],
): readonly Change[] {
  const turns = turnsOf(
    before.filter((entry) => isSet(entry) || entry.mac !== undefined),
    after.filter((entry) => isSet(entry) || entry.mac !== undefined),
    ({ address, device, proxy }) => `${address} ${device} ${proxy}`,
    (entry) => `${entry.mac} ${isSet(entry)}`,
  );
  return turns.flatMap((turn): Change[] => {
    if (turn.action === 'added' && !isSet(turn.after)) return [];
    if (turn.action === 'deleted' && !isSet(turn.before)) return [];
    return [{ subject: 'neighbor', netns, ...turn }];
  });
}

/** What was learned comes and goes; that a MAC is behind another port than before is news. */
export function fdbChanges(
  netns: NetnsName,
  before: readonly FdbEntry[],
  after: readonly FdbEntry[],
): readonly Change[] {
  const key = ({ mac, master, vlan }: FdbEntry) => `${mac} ${master} ${vlan}`;
  const turns = turnsOf(before, after, key, (entry) =>
    textOfAll([entry.device, entry.destination, entry.destinationPort, entry.vni, entry.state]),
  );
  return turns.flatMap((turn): Change[] => {
    if (turn.action === 'added' && turn.after.state === 'dynamic') return [];
    if (turn.action === 'deleted' && turn.before.state === 'dynamic') return [];
    return [{ subject: 'fdb', netns, ...turn }];
  });
}

export function vlanChanges(
  netns: NetnsName,
  before: readonly BridgeVlan[],
  after: readonly BridgeVlan[],
): readonly Change[] {
  return turnsOf(before, after, ({ device, vid }) => `${device} ${vid}`, textOfAll).map((turn) => ({
    subject: 'bridge-vlan',
    netns,
    ...turn,
  }));
}

/** net.ipv4.ip_local_port_range, as the kernel sets it: what asks by UDP is bound to one of these for a moment. */
const FIRST_EPHEMERAL_PORT = 32_768;

/** Another process on the same port is no news to a packet. */
export function socketChanges(
  netns: NetnsName,
  before: readonly ListeningSocket[],
  after: readonly ListeningSocket[],
): readonly Change[] {
  const stays = ({ protocol, port }: ListeningSocket) => protocol === 'tcp' || port < FIRST_EPHEMERAL_PORT;
  const text = (each: ListeningSocket) => [each.protocol, each.address, each.port, each.v6only, each.device].join(' ');
  // Several processes may share a port: it is listened on for as long as one of them does.
  const one = (sockets: readonly ListeningSocket[]) => [
    ...new Map(sockets.filter(stays).map((each) => [text(each), each])).values(),
  ];
  return turnsOf(one(before), one(after), text, text).map((turn) => ({ subject: 'socket', netns, ...turn }));
}

export function pathMtuChanges(
  netns: NetnsName,
  before: readonly PathMtu[],
  after: readonly PathMtu[],
): readonly Change[] {
  const key = ({ destination, via, device }: PathMtu) => [destination, via, device].join(' ');
  return turnsOf(before, after, key, ({ mtu }) => String(mtu)).map((turn) => ({ subject: 'path-mtu', netns, ...turn }));
}
