/**
 * One line for each step of a journey: what the kernel did there and what it consulted.
 *
 * @module
 */

import { routeText, tableText } from '../host/route-text.ts';
import type { RuleRef } from '../host/ruleset.ts';
import { endpointsText, packetText } from '../journey/packet-text.ts';
import type { Step } from '../journey/step.ts';
import { unreachable } from '../net/unreachable.ts';

/** What happened, without the place, which stands in its own column. */
export function stepText(step: Step): string {
  switch (step.stage) {
    case 'send':
      return packetText(step.packet);
    case 'route':
      return step.route.type === 'local'
        ? `${step.lookup.destination} is an address of this namespace`
        : `route ${routeText(step.route)} (table ${tableText(step.route.table)})`;
    case 'rp-filter':
      return `reverse path accepted (rp_filter ${step.mode})`;
    case 'forward-gate':
      return `forwards what comes in here${step.forwarding.known ? ` (forwarding = ${step.forwarding.value})` : ''}`;
    case 'netfilter':
      return netfilterText(step.hook, step.rules, step.chains, step.bridged);
    case 'nat':
      return `${endpointsText(step.before)} becomes ${endpointsText(step.after)} (${step.rule === undefined ? 'conntrack' : ruleRefText(step.rule)})`;
    case 'neighbor':
      return neighborText(step);
    case 'egress':
      return `sent: ${endpointsText(step.packet)}`;
    case 'ingress':
      return `received: ${endpointsText(step.packet)}`;
    case 'bridge':
      return `bridged from ${step.from} to ${step.to.join(', ')} (${step.how})`;
    case 'encapsulate':
      return `wrapped into VXLAN ${step.vni} towards ${step.remote}`;
    case 'decapsulate':
      return `unwrapped from VXLAN ${step.vni}`;
    case 'deliver':
      return `delivered to ${step.to}`;
    default:
      return unreachable(step);
  }
}

/** `nft inet filter input handle 7`, `iptables-nft filter FORWARD rule 2`, or a chain's policy. */
export function ruleRefText(rule: RuleRef): string {
  const place =
    rule.machinery === 'nft'
      ? `nft ${rule.family} ${rule.table} ${rule.chain}`
      : `${rule.machinery} ${rule.table} ${rule.chain}`;
  if (rule.position === 0) return `${place} policy`;
  return rule.handle === undefined ? `${place} rule ${rule.position}` : `${place} handle ${rule.handle}`;
}

function netfilterText(hook: string, rules: readonly RuleRef[], chains: number, bridged: boolean): string {
  const where = bridged ? `bridged ${hook}` : hook;
  if (rules.length === 0) return `${where}: ${chains} chain${chains === 1 ? '' : 's'}, no rule takes it`;
  return `${where}: ${rules.map((rule) => `${ruleRefText(rule)}: ${rule.text}`).join('; ')}`;
}

function neighborText(step: Extract<Step, { stage: 'neighbor' }>): string {
  const mac = step.mac === undefined ? '' : ` is ${step.mac}`;
  const owner = step.owner === undefined ? '' : ` (${step.owner.netns} ${step.owner.device})`;
  switch (step.by) {
    case 'permanent':
      return `${step.nexthop}${mac} by a permanent entry${owner}`;
    case 'cached':
    case 'resolved':
      return `${step.nexthop}${mac}${owner}`;
  }
}
