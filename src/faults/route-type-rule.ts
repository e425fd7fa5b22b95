/**
 * The common part of the rules about routes and policy rules that refuse a packet by their type.
 *
 * @module
 */

import type { Repair } from '../host/edit.ts';
import type { Host, Netns } from '../host/host.ts';
import { type Route, TABLE } from '../host/route.ts';
import { routeText, ruleText, tableText } from '../host/route-text.ts';
import type { Refusal } from '../journey/fate.ts';
import type { Address } from '../net/address.ts';
import { formatRoutePrefix } from '../net/prefix.ts';
import { defineRule } from './define.ts';
import { policyRuleOwnerEvidence, routeEvidence, routeOwnerEvidence, ruleEvidence } from './evidence.ts';
import type { FaultContext, FaultRule } from './rule.ts';
import { routesTowards } from './rules/no-route.ts';
import { rejectedIn } from './rules/rp-filter.ts';
import { droppedAs } from './search/dropped.ts';
import { changes } from './search/redirect.ts';
import { matchingRoutes } from './search/way.ts';

export type RefusingRoute = 'blackhole' | 'unreachable' | 'prohibit' | 'throw';
export type RefusingRule = 'blackhole' | 'unreachable' | 'prohibit';

/** What a sender notices of each. */
const EFFECT: Readonly<Record<RefusingRoute, string>> = {
  blackhole: 'drops the packet in silence',
  unreachable: 'answers "host unreachable"',
  prohibit: 'answers "administratively prohibited"',
  throw: 'ends the search in this table, and no later rule has a route',
};

/** The rule about routes of one type. */
export function routeTypeRule(type: RefusingRoute, title: string): FaultRule {
  return defineRule({
    code: `route-${type}`,
    title,
    source: 'net/ipv4/fib_semantics.c: fib_props[]; ip-route(8)',
    explains: ['rp-filter', 'neighbor-unresolved'],

    find(context) {
      const refused = refusedIn(context);
      if (refused?.refusal.kind !== 'route-type' || refused.refusal.type !== type) return [];
      const { netns, refusal, destination } = refused;
      const { route } = refusal;
      return [
        {
          netns: netns.name,
          device: undefined,
          what: refusalText(refused, `the route "${routeText(route)}"${ofTable(route)}`),
          why: `The longest matching prefix decides, and a route of type ${type} ${EFFECT[type]}`,
          evidence: [
            routeEvidence(netns, route),
            ...routeOwnerEvidence(route),
            ...(route.table === TABLE.main ? [] : [ruleEvidence(netns, refusal.rule)]),
          ],
          repairs: repairsOf(context.host, netns, route, destination),
        },
      ];
    },
  });
}

/** What refused, in which namespace, and what it refused. */
interface Refused {
  readonly netns: Netns;
  readonly refusal: Refusal;
  readonly destination: Address;
  /** The packet came in, and the refusal was met where source validation looked for a way back. */
  readonly isWayBack: boolean;
}

function refusedIn(context: FaultContext): Refused | undefined {
  const dropped = droppedAs(context, 'route-type', 'rule-action');
  if (dropped !== undefined) {
    const { netns, reason } = dropped;
    return { netns, refusal: reason, destination: reason.lookup.destination, isWayBack: false };
  }
  const rejected = rejectedIn(context);
  if (rejected?.refusal === undefined) return undefined;
  const { netns, refusal, source } = rejected;
  return { netns, refusal, destination: source, isWayBack: true };
}

function refusalText({ netns, destination, isWayBack }: Refused, by: string): string {
  return isWayBack
    ? `${netns.name} refuses what comes from ${destination}: the way back to it meets ${by}`
    : `${netns.name} refuses ${destination} by ${by}`;
}

function ofTable({ table }: Route): string {
  return table === TABLE.main ? '' : ` of table ${tableText(table)}`;
}

/**
 * Deleting it, where another route is left for the packet; else making it a route that leads there. One that refuses
 * everything in a table of somebody's own (a VPN's) is meant so: there an exception comes first.
 */
function repairsOf(host: Host, netns: Netns, route: Route, destination: Address): readonly Repair[] {
  const remove: Repair = {
    intent: `Delete the route "${routeText(route)}"`,
    edits: [{ kind: 'route-delete', netns: netns.name, route }],
    sideEffects: 'Everything under that prefix is let through again; whoever put the route there may have meant it',
  };
  const changed = changes(host, netns, route, destination);
  const others = matchingRoutes(netns, destination).filter((each) => each !== route);
  const isMeant = route.destination.length === 0 && route.table !== TABLE.main;
  const exceptions = isMeant ? exceptionsTo(host, netns, route, destination) : [];
  return [...exceptions, ...(others.length > 0 ? [remove, ...changed] : [...changed, remove])];
}

function exceptionsTo(host: Host, netns: Netns, { table }: Route, destination: Address): readonly Repair[] {
  return routesTowards(host, netns, destination)
    .filter((each) => each.destination.length > 0)
    .map((each) => ({
      intent: `Tell table ${tableText(table)} of ${formatRoutePrefix(each.destination)}`,
      edits: [{ kind: 'route-add', netns: netns.name, route: { ...each, table } }],
      sideEffects: undefined,
    }));
}

/** The rule about policy rules of one action. */
export function ruleActionRule(action: RefusingRule, title: string): FaultRule {
  return defineRule({
    code: `rule-${action}`,
    title,
    source: 'net/core/fib_rules.c: fib_rules_lookup(); ip-rule(8)',
    explains: ['rp-filter', 'neighbor-unresolved'],

    find(context) {
      const refused = refusedIn(context);
      if (refused?.refusal.kind !== 'rule-action' || refused.refusal.action !== action) return [];
      const { netns, refusal } = refused;
      const { rule } = refusal;
      const { priority, family } = rule;
      return [
        {
          netns: netns.name,
          device: undefined,
          what: refusalText(refused, `the policy rule "${ruleText(rule)}"`),
          why: `Policy rules are asked in order of priority, and one of type ${action} ${EFFECT[action]}`,
          evidence: [ruleEvidence(netns, rule), ...policyRuleOwnerEvidence(rule)],
          repairs: [
            {
              intent: `Delete policy rule ${priority}`,
              edits: [{ kind: 'rule-delete', netns: netns.name, priority, family }],
              sideEffects:
                'Everything that the rule selects is let through again; whoever put it there may have meant it',
            },
          ],
        },
      ];
    },
  });
}
