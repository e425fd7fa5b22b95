/**
 * The routing decision: policy rules in order, each naming a table, in each table the longest prefix, of one network
 * the lowest metric. Both families.
 *
 * Answers what the tables say; what that means for a packet sent here or coming in is for `route-output.ts` and
 * `route-input.ts`. A rule or route with parts that are not modelled makes the answer unknown, once a packet would
 * otherwise match it. Of several next hops of one route, `pick` says which is taken; the kernel hashes.
 *
 * Source: net/core/fib_rules.c fib_rules_lookup(), fib_rule_match(); net/ipv4/fib_rules.c fib4_rule_action(),
 * fib4_rule_suppress(); net/ipv4/fib_trie.c fib_table_lookup(); net/ipv6/fib6_rules.c. Seen in test/live/kernel-routing.test.ts.
 *
 * @module
 */

import type { DeviceName } from '../host/link.ts';
import { type Nexthop, type PolicyRule, type Route, TABLE } from '../host/route.ts';
import { protocolOf, type Transport } from '../journey/packet.ts';
import type { RouteLookup } from '../journey/step.ts';
import { type Address, type Family, familyOf } from '../net/address.ts';
import { contains } from '../net/prefix.ts';
import { confIfAny, type NetnsIndex } from './netns-index.ts';
import { firstMatch, type RoutingTable } from './routing-table.ts';

/** What a lookup is asked besides addresses and mark. In a `RouteLookup` no source: rules that want one do not match. */
export interface Selectors {
  /** Rules can ask for protocol and ports; without it they do not match. */
  readonly transport?: Transport | undefined;
  /** The answer must leave by this device. */
  readonly outDevice?: DeviceName | undefined;
}

/** All that rules and routes are held against. */
type Flow = RouteLookup & Selectors;

/** Narrow on `kind`. */
export type RouteAnswer =
  | {
      readonly kind: 'route';
      readonly rule: PolicyRule;
      readonly route: Route;
      readonly nexthop: Nexthop | undefined;
      /** Live next hops of the route: more than one means that the kernel hashes. */
      readonly choices: number;
    }
  | {
      readonly kind: 'route-type';
      readonly type: 'blackhole' | 'unreachable' | 'prohibit' | 'throw';
      readonly rule: PolicyRule;
      readonly route: Route;
    }
  | {
      readonly kind: 'rule-action';
      readonly action: 'blackhole' | 'unreachable' | 'prohibit';
      readonly rule: PolicyRule;
    }
  | { readonly kind: 'none' }
  | { readonly kind: 'unknown'; readonly because: readonly string[] };

/** Decide. @param pick Which of several next hops, modulo their number. */
export function lookupRoute(netns: NetnsIndex, lookup: RouteLookup, selectors: Selectors, pick: number): RouteAnswer {
  const { destination, source, inDevice, mark } = lookup;
  const { transport, outDevice } = selectors;
  const flow = { destination, source, inDevice, mark, transport, outDevice };
  const family = familyOf(flow.destination);
  const rules = netns.rules[family];
  let thrown: RouteAnswer | undefined;
  for (let at = 0; at < rules.length; at++) {
    const rule = rules[at];
    if (rule === undefined || !matchesRule(rule, flow)) continue;
    if (rule.unmodelled.length > 0) return unknownRule(netns, rule);
    const { action } = rule;
    if (action.kind === 'nop') continue;
    if (action.kind === 'goto') {
      const target = rules.findIndex(({ priority }) => priority >= action.priority);
      // An unresolved goto does nothing; rules after it go on being asked.
      if (target > at && rules[target]?.priority === action.priority) at = target - 1;
      continue;
    }
    if (action.kind !== 'lookup') return { kind: 'rule-action', action: action.kind, rule };
    const table = tableFor(netns, family, action.table);
    const answer = table === undefined ? undefined : lookupTable(netns, table, family, flow, rule, pick);
    if (answer === undefined) continue;
    if (answer.kind === 'route-type' && answer.type === 'throw') {
      thrown ??= answer;
      continue;
    }
    if (answer.kind === 'route' && isSuppressed(rule, answer.route)) continue;
    return answer;
  }
  return thrown ?? { kind: 'none' };
}

/** RTN_* type of the address by the local table, as inet_addr_type() finds it: `unicast` when not in there, or not `on`. */
export function localTableType(netns: NetnsIndex, address: Address, on?: DeviceName): Route['type'] {
  const family = familyOf(address);
  const table = tableFor(netns, family, TABLE.local);
  const typeOn = (route: Route) => {
    const isThere = on === undefined || route.nexthops[0]?.device === on;
    return isThere ? typeOf(route) : 'unicast';
  };
  return (table && firstMatch(table, family, address, typeOn)) ?? 'unicast';
}

/** A blackhole and its like are no type to who asks, but an error. */
function typeOf({ type }: Route): Route['type'] {
  return type === 'local' || type === 'broadcast' || type === 'anycast' || type === 'multicast' ? type : 'unicast';
}

/** Where local and main are one, asking for local asks for both. */
function tableFor(netns: NetnsIndex, family: Family, number: number): RoutingTable | undefined {
  const merged = family === 'inet' && number === TABLE.local ? netns.merged : undefined;
  return merged ?? netns.tables[family].get(number);
}

/** The rule that leads to the route's own table. */
function ruleOf(netns: NetnsIndex, asked: PolicyRule, route: Route): PolicyRule {
  const { action } = asked;
  if (action.kind !== 'lookup' || action.table === route.table) return asked;
  const own = netns.rules.inet.find((rule) => rule.action.kind === 'lookup' && rule.action.table === route.table);
  return own ?? asked;
}

function lookupTable(
  netns: NetnsIndex,
  table: RoutingTable,
  family: Family,
  flow: Flow,
  rule: PolicyRule,
  pick: number,
): RouteAnswer | undefined {
  return firstMatch(table, family, flow.destination, (route) => {
    // Nothing here sends with a type of service.
    if (route.tos !== undefined && route.tos !== 0) return undefined;
    if (route.from !== undefined && !(flow.source !== undefined && contains(route.from, flow.source))) return undefined;
    switch (route.type) {
      case 'blackhole':
      case 'unreachable':
      case 'prohibit':
      case 'throw':
        return { kind: 'route-type', type: route.type, rule: ruleOf(netns, rule, route), route };
      case 'nat':
      case 'xresolve':
        return { kind: 'unknown', because: [`${netns.name} has a route of the unused type ${route.type}`] };
      case 'unicast':
      case 'local':
      case 'broadcast':
      case 'anycast':
      case 'multicast': {
        const live = liveNexthops(netns, family, route, flow);
        if (live.length === 0 && route.nexthops.length > 0) return undefined;
        if (route.unmodelled.length > 0) return unknownRoute(netns, route);
        const nexthop = live[pick % (live.length || 1)];
        return { kind: 'route', rule: ruleOf(netns, rule, route), route, nexthop, choices: live.length };
      }
    }
  });
}

/** Dead ones never count; those without carrier only where the kernel was told to ignore them. */
function liveNexthops(netns: NetnsIndex, family: Family, route: Route, flow: Flow): readonly Nexthop[] {
  const only = route.nexthops[0];
  const isPlain = route.nexthops.length === 1 && only !== undefined && only.flags.length === 0;
  if (isPlain && flow.outDevice === undefined) return route.nexthops;
  return route.nexthops.filter(({ flags, device }) => {
    if (flow.outDevice !== undefined && device !== flow.outDevice) return false;
    if (flags.includes('dead')) return false;
    return !(flags.includes('linkdown') && device !== undefined && ignoresLinkdown(netns, family, device));
  });
}

function ignoresLinkdown(netns: NetnsIndex, family: Family, device: DeviceName): boolean {
  const name = 'ignore_routes_with_linkdown';
  const own = confIfAny(netns, family, device, name);
  // IPv4 takes the larger of both (IN_DEV_MAXCONF), IPv6 asks the device alone.
  return own > 0 || (family === 'inet' && confIfAny(netns, family, 'all', name) > 0);
}

function matchesRule(rule: PolicyRule, flow: Flow): boolean {
  if (isMatchAll(rule)) return true;
  return matchesSelectors(rule, flow) !== rule.not;
}

function isMatchAll({ not, from, to, iif, oif, fwmark, protocol, sourcePorts, destPorts, tos }: PolicyRule): boolean {
  const noAddress = from === undefined && to === undefined && iif === undefined && oif === undefined;
  const noTransport = protocol === undefined && sourcePorts === undefined && destPorts === undefined;
  return !not && noAddress && noTransport && fwmark === undefined && tos === undefined;
}

function matchesSelectors(rule: PolicyRule, flow: Flow): boolean {
  if (rule.iif !== undefined && rule.iif !== (flow.inDevice ?? 'lo')) return false;
  if (rule.oif !== undefined && rule.oif !== flow.outDevice) return false;
  if (rule.fwmark !== undefined && ((flow.mark ^ rule.fwmark.value) & rule.fwmark.mask) !== 0) return false;
  if (rule.from !== undefined && rule.from.length > 0) {
    if (flow.source === undefined || !contains(rule.from, flow.source)) return false;
  }
  if (rule.to !== undefined && !contains(rule.to, flow.destination)) return false;
  if (rule.tos !== undefined && rule.tos !== 0) return false;
  return matchesTransport(rule, flow);
}

function matchesTransport({ protocol, sourcePorts, destPorts }: PolicyRule, { destination, transport }: Flow): boolean {
  if (protocol === undefined && sourcePorts === undefined && destPorts === undefined) return true;
  if (transport === undefined) return false;
  if (protocol !== undefined && protocol !== 0 && protocol !== protocolOf(transport, destination)) return false;
  const ports = transport.protocol === 'icmp' ? undefined : transport;
  return isInRange(sourcePorts, ports?.sourcePort) && isInRange(destPorts, ports?.destPort);
}

function isInRange(range: readonly [number, number] | undefined, port: number | undefined): boolean {
  return range === undefined || (port !== undefined && port >= range[0] && port <= range[1]);
}

function isSuppressed({ suppressPrefixLength }: PolicyRule, { destination }: Route): boolean {
  return suppressPrefixLength !== undefined && destination.length <= suppressPrefixLength;
}

function unknownRule(netns: NetnsIndex, rule: PolicyRule): RouteAnswer {
  const parts = rule.unmodelled.join(', ');
  return { kind: 'unknown', because: [`policy rule ${rule.priority} of ${netns.name} has ${parts}, not modelled`] };
}

function unknownRoute(netns: NetnsIndex, route: Route): RouteAnswer {
  const parts = route.unmodelled.join(', ');
  return { kind: 'unknown', because: [`a route of ${netns.name} has ${parts}, not modelled`] };
}
