/**
 * The common part of the rules about routes and policy rules that refuse a packet by their type.
 *
 * @module
 */

import type { Repair } from '../host/edit.ts';
import type { Host, Netns } from '../host/host.ts';
import type { Route } from '../host/route.ts';
import { routeText, ruleText } from '../host/route-text.ts';
import type { Address } from '../net/address.ts';
import { defineRule } from './define.ts';
import { policyRuleOwnerEvidence, routeEvidence, routeOwnerEvidence, ruleEvidence } from './evidence.ts';
import type { FaultContext, FaultRule } from './rule.ts';
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
      const refusal = refusalIn(context);
      if (refusal?.route.type !== type) return [];
      const { netns, route, destination } = refusal;
      return [
        {
          netns: netns.name,
          device: undefined,
          what: `${netns.name} refuses ${destination} by the route "${routeText(route)}"`,
          why: `The longest matching prefix decides, and a ${type} route ${EFFECT[type]}`,
          evidence: [routeEvidence(netns, route), ...routeOwnerEvidence(route)],
          repairs: repairsOf(context.host, netns, route, destination),
        },
      ];
    },
  });
}

interface Refusal {
  readonly netns: Netns;
  readonly route: Route;
  readonly destination: Address;
}

/** The route that took the packet; or that source validation found where it looked for a way back. */
function refusalIn(context: FaultContext): Refusal | undefined {
  const dropped = droppedAs(context, 'route-type');
  if (dropped !== undefined) {
    const { netns, reason } = dropped;
    return { netns, route: reason.route, destination: reason.lookup.destination };
  }
  const rejected = rejectedIn(context);
  const route = rejected && matchingRoutes(rejected.netns, rejected.source)[0];
  if (rejected === undefined || route === undefined || route.type === 'unicast') return undefined;
  return { netns: rejected.netns, route, destination: rejected.source };
}

/** Deleting it, where another route is left for the packet; else making it a route that leads there. */
function repairsOf(host: Host, netns: Netns, route: Route, destination: Address): readonly Repair[] {
  const remove: Repair = {
    intent: `Delete the route "${routeText(route)}"`,
    edits: [{ kind: 'route-delete', netns: netns.name, route }],
    sideEffects: 'Everything under that prefix is let through again; whoever put the route there may have meant it',
  };
  const changed = changes(host, netns, route, destination);
  const others = matchingRoutes(netns, destination).filter((each) => each !== route);
  return others.length > 0 ? [remove, ...changed] : [...changed, remove];
}

/** The rule about policy rules of one action. */
export function ruleActionRule(action: RefusingRule, title: string): FaultRule {
  return defineRule({
    code: `rule-${action}`,
    title,
    source: 'net/core/fib_rules.c: fib_rules_lookup(); ip-rule(8)',
    explains: [],

    find(context) {
      const dropped = droppedAs(context, 'rule-action');
      if (dropped === undefined || dropped.reason.action !== action) return [];
      const { netns, reason } = dropped;
      const { priority, family } = reason.rule;
      return [
        {
          netns: netns.name,
          device: undefined,
          what: `${netns.name} refuses ${reason.lookup.destination} by the policy rule "${ruleText(reason.rule)}"`,
          why: `Policy rules are asked in order of priority, and a ${action} rule ${EFFECT[action]}`,
          evidence: [ruleEvidence(netns, reason.rule), ...policyRuleOwnerEvidence(reason.rule)],
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
