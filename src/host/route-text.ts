/**
 * A route and a policy rule in the words in which `ip route` and `ip rule` print them.
 *
 * @module
 */

import { formatPrefix, formatRoutePrefix } from '../net/prefix.ts';
import { type Nexthop, type PolicyRule, type Route, TABLE } from './route.ts';

/** `254` is `main`, as everybody knows it; tables without a name of the kernel's stay numbers. */
export function tableText(table: number): string {
  const named = Object.entries(TABLE).find(([, number]) => number === table);
  return named?.[0] ?? String(table);
}

/** `default via 10.0.1.254 dev veth0 metric 100 mtu 1400`; several next hops follow each other. */
export function routeText(route: Route): string {
  const words = [
    ...(route.type === 'unicast' ? [] : [route.type]),
    formatRoutePrefix(route.destination),
    ...(route.from === undefined ? [] : ['from', formatPrefix(route.from)]),
    ...(route.nexthops.length === 1
      ? route.nexthops.map(nexthopText)
      : route.nexthops.map((hop) => `nexthop ${nexthopText(hop)}`)),
    ...(route.metric === 0 ? [] : ['metric', String(route.metric)]),
    ...(route.mtu === undefined ? [] : ['mtu', String(route.mtu)]),
  ];
  return words.filter((word) => word !== '').join(' ');
}

function nexthopText(hop: Nexthop): string {
  const words = [
    ...(hop.via === undefined ? [] : ['via', hop.via]),
    ...(hop.device === undefined ? [] : ['dev', hop.device]),
    ...hop.flags,
  ];
  return words.join(' ');
}

/** `32766: from all lookup main`. */
export function ruleText(rule: PolicyRule): string {
  const words = [
    `${rule.priority}:`,
    ...(rule.not ? ['not'] : []),
    'from',
    rule.from === undefined ? 'all' : formatPrefix(rule.from),
    ...(rule.to === undefined ? [] : ['to', formatPrefix(rule.to)]),
    ...(rule.tos === undefined || rule.tos === 0 ? [] : ['tos', `0x${rule.tos.toString(16)}`]),
    ...(rule.fwmark === undefined ? [] : ['fwmark', fwmarkText(rule.fwmark)]),
    ...(rule.iif === undefined ? [] : ['iif', rule.iif]),
    ...(rule.oif === undefined ? [] : ['oif', rule.oif]),
    ...(rule.protocol === undefined ? [] : ['ipproto', protocolText(rule.protocol)]),
    ...(rule.sourcePorts === undefined ? [] : ['sport', rangeText(rule.sourcePorts)]),
    ...(rule.destPorts === undefined ? [] : ['dport', rangeText(rule.destPorts)]),
    ...rule.unmodelled,
    actionText(rule),
    ...(rule.suppressPrefixLength === undefined ? [] : ['suppress_prefixlength', String(rule.suppressPrefixLength)]),
  ];
  return words.join(' ');
}

function actionText({ action }: PolicyRule): string {
  switch (action.kind) {
    case 'lookup':
      return `lookup ${tableText(action.table)}`;
    case 'goto':
      return `goto ${action.priority}`;
    case 'nop':
    case 'blackhole':
    case 'unreachable':
    case 'prohibit':
      return action.kind;
  }
}

const ANY_BIT = 0xffffffff;

function fwmarkText({ value, mask }: NonNullable<PolicyRule['fwmark']>): string {
  const text = `0x${value.toString(16)}`;
  return mask === ANY_BIT ? text : `${text}/0x${mask.toString(16)}`;
}

/** As `ip` names them (lib/utils.c inet_proto_n2a()). */
const PROTOCOL_NAMES: Readonly<Record<number, string>> = { 1: 'icmp', 6: 'tcp', 17: 'udp', 58: 'ipv6-icmp' };

function protocolText(protocol: number): string {
  return PROTOCOL_NAMES[protocol] ?? `ipproto-${protocol}`;
}

function rangeText([first, last]: readonly [number, number]): string {
  return first === last ? String(first) : `${first}-${last}`;
}
