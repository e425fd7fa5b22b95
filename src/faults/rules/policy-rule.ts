/**
 * A policy rule sends the packet to a table whose route leads away from the destination, where the tables behind it know
 * the way. The classic: a second uplink's table holds its default route, and not the networks at home.
 *
 * Only when the walk without the rule leads there; a wrong route of a table that knows a right one is `wrong-route`.
 *
 * @module
 */

import type { Repair } from '../../host/edit.ts';
import type { Host, Netns } from '../../host/host.ts';
import { type PolicyRule, type Route, TABLE } from '../../host/route.ts';
import { routeText, ruleText, tableText } from '../../host/route-text.ts';
import { formatRoutePrefix } from '../../net/prefix.ts';
import { defineRule } from '../define.ts';
import { derived, policyRuleOwnerEvidence, routeEvidence, routeOwnerEvidence, ruleEvidence } from '../evidence.ts';
import { type Astray, astrayIn, decisionAfter, ECHOES_OF_STRAYING } from '../search/astray.ts';
import type { RouteStep } from '../search/dropped.ts';
import { changes } from '../search/redirect.ts';

/** Those that every namespace has; who goes by them is not sent elsewhere by anybody's policy. */
const OWN_TABLES: readonly number[] = Object.values(TABLE);

export const policyRule = defineRule({
  code: 'policy-rule',
  title: 'A policy rule picks a table that leads elsewhere',
  source: 'net/core/fib_rules.c: fib_rules_lookup(), the first rule whose table has a route decides; ip-rule(8)',
  explains: ECHOES_OF_STRAYING,

  find(context) {
    const astray = astrayIn(context);
    if (astray === undefined) return [];
    const { netns, step } = astray;
    const { rule, route } = step;
    if (rule.action.kind !== 'lookup' || OWN_TABLES.includes(rule.action.table)) return [];
    const { priority, family } = rule;
    const without = decisionAfter(context, astray, { kind: 'rule-delete', netns: netns.name, priority, family });
    if (without === undefined || knowsBetter(context, astray)) return [];
    const table = tableText(rule.action.table);
    return [
      {
        netns: netns.name,
        device: step.nexthop?.device,
        what: `${netns.name} sends ${step.lookup.destination} to table ${table} by the policy rule "${ruleText(rule)}", and there to "${routeText(route)}"`,
        why: 'Policy rules are asked in order of priority, and the first one whose table has any route for the packet decides, a default route as well; tables after it are not asked',
        evidence: [
          ruleEvidence(netns, rule),
          ...policyRuleOwnerEvidence(rule),
          routeEvidence(netns, route),
          ...routeOwnerEvidence(route),
          derived(`table ${tableText(without.route.table)} has "${routeText(without.route)}", which leads there`),
        ],
        repairs: repairsOf(context.host, netns, step, without.route),
      },
    ];
  },
});

/** Whether the same table leads there once its wrong route is gone: then that one is to blame. */
function knowsBetter(context: Parameters<typeof astrayIn>[0], astray: Astray): boolean {
  const { netns, step } = astray;
  const after = decisionAfter(context, astray, { kind: 'route-delete', netns: netns.name, route: step.route });
  return after !== undefined && after.route.table === step.route.table;
}

/** A table that lacks a narrower route is told it; one that has a route as narrow is not asked. */
function repairsOf(host: Host, netns: Netns, { rule, route, lookup }: RouteStep, right: Route): readonly Repair[] {
  const remove = removal(netns, rule);
  if (right.destination.length > route.destination.length) return [copied(netns, right, route.table), remove];
  return [remove, ...changes(host, netns, route, lookup.destination)];
}

function copied(netns: Netns, right: Route, table: number): Repair {
  return {
    intent: `Tell table ${tableText(table)} the route to ${formatRoutePrefix(right.destination)}, too`,
    edits: [{ kind: 'route-add', netns: netns.name, route: { ...right, table, protocol: 'boot' } }],
    sideEffects: undefined,
  };
}

function removal(netns: Netns, { priority, family }: PolicyRule): Repair {
  return {
    intent: `Delete policy rule ${priority}`,
    edits: [{ kind: 'rule-delete', netns: netns.name, priority, family }],
    sideEffects: 'Everything that the rule selects goes by the tables after it; whoever put it there may have meant it',
  };
}
