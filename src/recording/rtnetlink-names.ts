/**
 * The numbers of rtnetlink by their names. iproute2 prints numbers with `-N`; a recording made by hand without it may
 * hold names, and both are read.
 *
 * Source: include/uapi/linux/rtnetlink.h; /etc/iproute2/rt_protos of iproute2 6.1.
 *
 * @module
 */

import { type Route, type RouteType, TABLE } from '../host/route.ts';

/** RTN_*, in the order of their numbers. */
const ROUTE_TYPES: readonly (RouteType | 'unspec')[] = [
  ...(['unspec', 'unicast', 'local', 'broadcast', 'anycast', 'multicast'] as const),
  ...(['blackhole', 'unreachable', 'prohibit', 'throw', 'nat', 'xresolve'] as const),
];

/** RT_SCOPE_*. */
const SCOPES = new Map<string, Route['scope']>([
  ['0', 'global'],
  ['200', 'site'],
  ['253', 'link'],
  ['254', 'host'],
  ['255', 'nowhere'],
  ...(['global', 'site', 'link', 'host', 'nowhere'] as const).map((name) => [name, name] as const),
]);

/** RTPROT_*. */
const PROTOCOLS = new Map<string, string>([
  ['0', 'unspec'],
  ['1', 'redirect'],
  ['2', 'kernel'],
  ['3', 'boot'],
  ['4', 'static'],
  ['8', 'gated'],
  ['9', 'ra'],
  ['10', 'mrt'],
  ['11', 'zebra'],
  ['12', 'bird'],
  ['13', 'dnrouted'],
  ['14', 'xorp'],
  ['15', 'ntk'],
  ['16', 'dhcp'],
  ['17', 'mrouted'],
  ['18', 'keepalived'],
  ['42', 'babel'],
  ['84', 'ovn'],
  ['99', 'openr'],
  ['186', 'bgp'],
  ['187', 'isis'],
  ['188', 'ospf'],
  ['189', 'rip'],
  ['192', 'eigrp'],
]);

/** `undefined` when it is no type of route. */
export function routeType(text: string): RouteType | undefined {
  const type = /^\d+$/.test(text) ? ROUTE_TYPES[Number(text)] : ROUTE_TYPES.find((name) => name === text);
  return type === 'unspec' ? undefined : type;
}

export function routeScope(text: string): Route['scope'] {
  return SCOPES.get(text) ?? 'other';
}

/** The name, or the number where nobody gave it one. */
export function routeProtocol(text: string): string {
  return PROTOCOLS.get(text) ?? text;
}

/** `undefined` for a name of rt_tables: the number behind it is not known here. */
export function tableNumber(text: string): number | undefined {
  if (/^\d+$/.test(text)) return Number(text);
  return Object.entries(TABLE).find(([name]) => name === text)?.[1];
}
