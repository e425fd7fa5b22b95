/**
 * `ip -N -d -j route show table all` of both families to routes.
 *
 * A route by a nexthop object (`nhid`) is printed with the gateways that it comes down to, and is then a plain route;
 * where the kernel does not say (net.ipv4.nexthop_compat_mode=0), it is not modelled. Nor is a route with an attribute
 * that nobody here knows: the walk decides nothing by it.
 *
 * Source: ip/iproute.c print_route() of iproute2 6.1.
 *
 * @module
 */

import * as v from 'valibot';
import { type Fact, known, mapFact } from '../host/fact.ts';
import type { Nexthop, Route } from '../host/route.ts';
import type { Family } from '../net/address.ts';
import { AddressField, DeviceField, NumberField, prefixField, RouteTypeField, TableField } from './fields.ts';
import { rowsOf } from './output.ts';
import type { RecordedNamespace } from './recording.ts';
import { routeProtocol, routeScope } from './rtnetlink-names.ts';

const HOP = {
  gateway: v.optional(AddressField),
  /** A gateway of the other family (RFC 5549). */
  via: v.optional(v.looseObject({ host: AddressField })),
  dev: v.optional(DeviceField),
  flags: v.optional(v.array(v.string()), []),
};

const HopRow = v.looseObject({ ...HOP, weight: v.optional(v.number(), 1), encap: v.optional(v.string()) });

function routeRow(family: Family) {
  return v.looseObject({
    ...HOP,
    type: v.optional(RouteTypeField, 'unicast'),
    dst: prefixField(family),
    from: v.optional(prefixField(family)),
    tos: v.optional(NumberField),
    table: v.optional(TableField, 'main'),
    protocol: v.optional(v.string(), 'boot'),
    scope: v.optional(v.string(), 'global'),
    prefsrc: v.optional(AddressField),
    metric: v.optional(v.number(), 0),
    metrics: v.optional(v.array(v.looseObject({ mtu: v.optional(v.number()) })), []),
    nexthops: v.optional(v.array(HopRow)),
    nhid: v.optional(v.number()),
    encap: v.optional(v.string()),
  });
}

type RouteRow = v.InferOutput<ReturnType<typeof routeRow>>;
type HopRow = v.InferOutput<typeof HopRow>;

/** Attributes that are read, and those that change no packet's way: realms, ages, what the hardware does. */
const UNDERSTOOD = new Set([
  ...['type', 'dst', 'from', 'tos', 'table', 'protocol', 'scope', 'prefsrc', 'metric', 'metrics', 'nexthops'],
  ...['gateway', 'via', 'dev', 'flags', 'weight', 'nhid', 'nh_info', 'encap'],
  ...['flow', 'pref', 'expires', 'error', 'users', 'age', 'used', 'ttl-propagate'],
]);

/** All routes, IPv4 first. Unknown as a whole when one family is: nobody can tell beforehand which one is asked. */
export function routesOf(namespace: RecordedNamespace): Fact<readonly Route[]> {
  const inet = routesOfFamily(namespace, 'inet', 'route4');
  const inet6 = routesOfFamily(namespace, 'inet6', 'route6');
  if (!inet.known) return inet;
  return inet6.known ? known([...inet.value, ...inet6.value], inet.source) : inet6;
}

function routesOfFamily(namespace: RecordedNamespace, family: Family, key: string): Fact<readonly Route[]> {
  const rows = rowsOf(namespace, key, routeRow(family), withoutSecondDst);
  return mapFact(rows, (known) => known.map(routeOf));
}

/** iproute2 6.1 prints the tunnel's end as a second `dst` of the same object; JSON.parse would keep that one. */
function withoutSecondDst(json: string): string {
  return json.includes('"encap":') ? json.replace(/("encap":"[^"]*"[^{}]*?)"dst":/g, '$1"encap_dst":') : json;
}

function routeOf(row: RouteRow): Route {
  const mtu = row.metrics.find((metrics) => metrics.mtu !== undefined)?.mtu;
  return {
    family: row.dst.family,
    type: row.type,
    table: row.table,
    destination: row.dst,
    ...(row.from === undefined ? {} : { from: row.from }),
    ...(row.tos === undefined ? {} : { tos: row.tos }),
    metric: row.metric,
    nexthops: nexthopsOf(row),
    ...(row.prefsrc === undefined ? {} : { prefsrc: row.prefsrc }),
    scope: routeScope(row.scope),
    protocol: routeProtocol(row.protocol),
    ...(mtu === undefined ? {} : { mtu }),
    unmodelled: unmodelledOf(row),
  };
}

/** Several hops stand in `nexthops`, a single one in the route itself. */
function nexthopsOf(row: RouteRow): readonly Nexthop[] {
  if (row.nexthops !== undefined) return row.nexthops.map((hop) => nexthop(hop, hop.weight));
  return row.dev === undefined && row.gateway === undefined ? [] : [nexthop(row, 1)];
}

function nexthop(row: RouteRow | HopRow, weight: number): Nexthop {
  return { via: row.gateway ?? row.via?.host, device: row.dev, weight, flags: row.flags };
}

function unmodelledOf(row: RouteRow): readonly string[] {
  const encap = row.encap ?? row.nexthops?.find((hop) => hop.encap !== undefined)?.encap;
  // What an encapsulation is made of stands among the route's own attributes.
  if (encap !== undefined) return [`encap ${encap}`];
  const isUnresolved = row.nhid !== undefined && row.type === 'unicast' && nexthopsOf(row).length === 0;
  const strange = Object.keys(row).filter((key) => !UNDERSTOOD.has(key));
  return [...(isUnresolved ? [`nhid ${row.nhid}`] : []), ...strange];
}
