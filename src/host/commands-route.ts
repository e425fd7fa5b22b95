/**
 * Routes and policy rules as the words that `ip route` and `ip rule` read: the shortest that say all of it.
 *
 * Source: ip-route(8), ip-rule(8). A metric of 1024 is what IPv6 gives a route without one
 * (net/ipv6/route.c, IP6_RT_PRIO_USER).
 *
 * @module
 */

import { formatPrefix, formatRoutePrefix } from '../net/prefix.ts';
import { type Nexthop, type PolicyRule, type Route, TABLE } from './route.ts';

const DEFAULT_METRIC = { inet: 0, inet6: 1024 } as const;

/** `-6` where the family does not show in the words themselves: `ip route` reads IPv4 when in doubt. */
export function familyOption(family: 'inet' | 'inet6'): readonly string[] {
  return family === 'inet6' ? ['-6'] : [];
}

/** Behind `ip route add`, `change` and `del`. */
export function routeWords(route: Route): readonly string[] {
  const [only] = route.nexthops;
  return [
    ...(route.type === 'unicast' ? [] : [route.type]),
    formatRoutePrefix(route.destination),
    ...(route.from === undefined ? [] : ['from', formatPrefix(route.from)]),
    ...(route.nexthops.length === 1 && only !== undefined ? nexthopWords(only) : []),
    ...(route.tos === undefined || route.tos === 0 ? [] : ['tos', `0x${route.tos.toString(16)}`]),
    ...(route.metric === DEFAULT_METRIC[route.family] ? [] : ['metric', String(route.metric)]),
    ...(route.table === TABLE.main ? [] : ['table', String(route.table)]),
    ...(route.prefsrc === undefined ? [] : ['src', route.prefsrc]),
    ...(route.mtu === undefined ? [] : ['mtu', String(route.mtu)]),
    ...(route.nexthops.length > 1
      ? route.nexthops.flatMap((hop) => ['nexthop', ...nexthopWords(hop), 'weight', String(hop.weight)])
      : []),
  ];
}

function nexthopWords(hop: Nexthop): readonly string[] {
  return [
    ...(hop.via === undefined ? [] : ['via', hop.via]),
    ...(hop.device === undefined ? [] : ['dev', hop.device]),
    ...(hop.flags.includes('onlink') ? ['onlink'] : []),
  ];
}

/** Behind `ip rule add`. `undefined` when it has selectors that we do not model, and so could not write. */
export function ruleWords(rule: PolicyRule): readonly string[] | undefined {
  if (rule.unmodelled.length > 0) return undefined;
  const range = (name: string, ports: readonly [number, number] | undefined) =>
    ports === undefined ? [] : [name, `${ports[0]}-${ports[1]}`];
  return [
    ...(rule.not ? ['not'] : []),
    ...(rule.from === undefined ? [] : ['from', formatPrefix(rule.from)]),
    ...(rule.to === undefined ? [] : ['to', formatPrefix(rule.to)]),
    ...(rule.iif === undefined ? [] : ['iif', rule.iif]),
    ...(rule.oif === undefined ? [] : ['oif', rule.oif]),
    ...(rule.fwmark === undefined ? [] : ['fwmark', `${hex(rule.fwmark.value)}/${hex(rule.fwmark.mask)}`]),
    ...(rule.protocol === undefined ? [] : ['ipproto', String(rule.protocol)]),
    ...range('sport', rule.sourcePorts),
    ...range('dport', rule.destPorts),
    ...(rule.tos === undefined ? [] : ['tos', hex(rule.tos)]),
    'pref',
    String(rule.priority),
    ...actionWords(rule),
    ...(rule.suppressPrefixLength === undefined ? [] : ['suppress_prefixlength', String(rule.suppressPrefixLength)]),
  ];
}

function actionWords({ action }: PolicyRule): readonly string[] {
  switch (action.kind) {
    case 'lookup':
      return ['table', String(action.table)];
    case 'goto':
      return ['goto', String(action.priority)];
    case 'nop':
    case 'blackhole':
    case 'unreachable':
    case 'prohibit':
      return ['type', action.kind];
  }
}

function hex(value: number): string {
  return `0x${value.toString(16)}`;
}
