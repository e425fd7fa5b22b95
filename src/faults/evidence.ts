/**
 * Evidence: the command that shows a fact, and the fact as that command says it.
 *
 * @module
 */

import { inNetns, ipIn } from '../host/commands-enter.ts';
import { familyOption } from '../host/commands-route.ts';
import { findLink, findNetns, type Host, type Netns } from '../host/host.ts';
import type { DeviceRef, Link } from '../host/link.ts';
import { type Owner, ownerText, policyRuleOwner, routeOwner, ruleOwner } from '../host/owner.ts';
import { type Neighbor, type PolicyRule, type Route, TABLE } from '../host/route.ts';
import { routeText, ruleText } from '../host/route-text.ts';
import type { RuleRef } from '../host/ruleset.ts';
import type { SysctlKey } from '../host/sysctl.ts';
import type { Address, Family } from '../net/address.ts';
import type { Port } from '../net/port.ts';
import { unreachable } from '../net/unreachable.ts';
import type { Evidence } from './finding.ts';

/** `ip link show dev DEV` and the flags it shows. */
export function linkEvidence(host: Host, ref: DeviceRef): readonly Evidence[] {
  const netns = findNetns(host, ref.netns);
  const link = findLink(host, ref.netns, ref.device);
  if (netns === undefined || link === undefined) return [];
  return [fromModel(ipIn(netns, ['link', 'show', 'dev', ref.device]), linkText(link))];
}

function linkText(link: Link): string {
  const flags = [
    ...(link.up && !link.carrier ? ['NO-CARRIER'] : []),
    ...(link.noArp ? ['NOARP'] : []),
    ...(link.up ? ['UP'] : []),
    ...(link.carrier ? ['LOWER_UP'] : []),
  ];
  const master = link.master === undefined ? '' : ` master ${link.master}`;
  const state = link.up ? '' : ' state DOWN';
  return `${link.ifindex}: ${link.name}: <${flags.join(',')}> mtu ${link.mtu}${master}${state}`;
}

/** `ip -4 addr show dev DEV` and the addresses it shows. */
export function addressEvidence(host: Host, ref: DeviceRef, family: Family): readonly Evidence[] {
  const netns = findNetns(host, ref.netns);
  const link = findLink(host, ref.netns, ref.device);
  if (netns === undefined || link === undefined) return [];
  const own = link.addresses.filter((each) => each.family === family);
  const text = own.map(({ address, prefixLength }) => `${family} ${address}/${prefixLength}`).join(', ');
  const command = ipIn(netns, [family === 'inet' ? '-4' : '-6', 'addr', 'show', 'dev', ref.device]);
  return [fromModel(command, text === '' ? `no ${family} address` : text)];
}

/** `ip link show` of a namespace and the names it shows. */
export function devicesEvidence(netns: Netns): Evidence {
  const links = netns.links.known ? netns.links.value : [];
  return fromModel(ipIn(netns, ['link', 'show']), links.map(({ name }) => name).join(', '));
}

/** `ip route get` of what was looked up, which answers what the packet met. */
export function lookupEvidence(netns: Netns, destination: Address, text: string): Evidence {
  return fromModel(ipIn(netns, ['route', 'get', destination]), text);
}

/** `ip route show` and the route it shows. */
export function routeEvidence(netns: Netns, route: Route): Evidence {
  const table = route.table === TABLE.main ? [] : ['table', String(route.table)];
  return fromModel(ipIn(netns, [...familyOption(route.family), 'route', 'show', ...table]), routeText(route));
}

/** `ip rule` and the rule it shows. */
export function ruleEvidence(netns: Netns, rule: PolicyRule): Evidence {
  return fromModel(ipIn(netns, [...familyOption(rule.family), 'rule', 'show']), ruleText(rule));
}

/** `ip neigh show` and the entry it shows. */
export function neighborEvidence(netns: Netns, entry: Neighbor): Evidence {
  const mac = entry.mac === undefined ? '' : ` lladdr ${entry.mac}`;
  const text = `${entry.address} dev ${entry.device}${mac} ${entry.state.toUpperCase()}`;
  return fromModel(ipIn(netns, ['neigh', 'show', entry.address, 'dev', entry.device]), text);
}

/** `sysctl KEY` and its value. */
export function sysctlEvidence(netns: Netns, key: SysctlKey): Evidence {
  return fromModel(inNetns(netns, ['sysctl', key]), `${key} = ${netns.sysctls.values.get(key) ?? 'not read'}`);
}

/** The listing of the chain and the rule in it, in the words of the program whose rule it is. */
export function filterEvidence(netns: Netns, rule: RuleRef): Evidence {
  return fromModel(inNetns(netns, listing(rule)), rule.text);
}

function listing(rule: RuleRef): readonly string[] {
  const program = rule.family === 'ip6' ? 'ip6tables' : 'iptables';
  switch (rule.machinery) {
    case 'nft':
      return ['nft', '-a', 'list', 'chain', rule.family, rule.table, rule.chain];
    case 'iptables-nft':
      return [program, '-t', rule.table, '-S', rule.chain];
    case 'iptables-legacy':
      return [`${program}-legacy`, '-t', rule.table, '-S', rule.chain];
    default:
      return unreachable(rule.machinery);
  }
}

/** `ss` and its silence. */
export function noSocketEvidence(netns: Netns, protocol: 'tcp' | 'udp', port: Port): Evidence {
  return fromModel(inNetns(netns, ['ss', '-lnp', protocol === 'tcp' ? '-t' : '-u', `sport = :${port}`]), 'no socket');
}

/** Who probably wrote it, where that can be told. */
export function ownerEvidence(
  owner: Owner | undefined,
  what: 'rule' | 'policy' | 'route' | 'policy rule',
): readonly Evidence[] {
  return owner === undefined ? [] : [derived(ownerText(owner, what))];
}

/** The same of a route. */
export function routeOwnerEvidence(route: Route): readonly Evidence[] {
  return ownerEvidence(routeOwner(route), 'route');
}

/** The same of a policy rule. */
export function policyRuleOwnerEvidence(rule: PolicyRule): readonly Evidence[] {
  return ownerEvidence(policyRuleOwner(rule), 'policy rule');
}

/** The same of a rule that filters or translates. */
export function ruleOwnerEvidence({ ruleset }: Netns, rule: RuleRef): readonly Evidence[] {
  return ownerEvidence(ruleset.known ? ruleOwner(rule, ruleset.value) : undefined, 'rule');
}

/** What the model derived, without a command that says it in one line. */
export function derived(text: string): Evidence {
  return { witness: 'model', command: undefined, text };
}

function fromModel(command: readonly string[], text: string): Evidence {
  return { witness: 'model', command, text };
}
