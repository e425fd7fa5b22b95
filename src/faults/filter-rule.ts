/**
 * The common part of the rules about packet filters: which rule took the packet, and one accept ahead of it for this
 * traffic alone.
 *
 * @module
 */

import type { FilterPlace, Repair, TrafficSelector } from '../host/edit.ts';
import type { RuleRef } from '../host/ruleset.ts';
import { type Packet, packetFamily } from '../journey/packet.ts';
import { hostPrefix } from '../net/prefix.ts';
import { unreachable } from '../net/unreachable.ts';
import type { Found } from './define.ts';
import { filterEvidence } from './evidence.ts';
import type { FaultContext } from './rule.ts';
import { type Dropped, droppedAs } from './search/dropped.ts';

export type Filtered = Dropped<'filtered'>;

/** The drop by a filter, when the journey ended so. */
export function filteredIn(context: FaultContext): Filtered | undefined {
  return droppedAs(context, 'filtered');
}

/** What all filter findings say: hook, table, chain, the rule, and the one accept. */
export function filterFound(filtered: Filtered, why: string, more: readonly Repair[] = []): Found {
  const { netns, reason } = filtered;
  const { rule, hook, verdict } = reason;
  const verb = verdict === 'drop' ? 'drops' : 'rejects';
  return {
    netns: netns.name,
    device: reason.inDevice ?? reason.outDevice,
    what: `${netns.name} ${verb} it at the ${hook} hook: ${ruleText(rule)}`,
    why,
    evidence: [filterEvidence(netns, rule)],
    repairs: [accept(filtered), ...more],
  };
}

/** `rule 3 of iptables filter FORWARD (iptables-nft): -A FORWARD -j DROP`. */
export function ruleText(rule: RuleRef): string {
  const chain = `${rule.family} ${rule.table} ${rule.chain} (${rule.machinery})`;
  if (rule.position === 0) return `the policy of chain ${chain}`;
  const handle = rule.handle === undefined ? `rule ${rule.position}` : `the rule with handle ${rule.handle}`;
  return `${handle} of ${chain}: ${rule.text}`;
}

function accept({ netns, reason }: Filtered): Repair {
  const { rule, hook } = reason;
  const place: FilterPlace = {
    machinery: rule.machinery,
    family: rule.family,
    table: rule.table,
    chain: rule.chain,
    hook,
    before: rule,
  };
  return {
    intent: `Accept this traffic ahead of what ${reason.verdict === 'drop' ? 'drops' : 'rejects'} it`,
    edits: [{ kind: 'filter-accept', netns: netns.name, place, traffic: trafficOf(reason.packet) }],
    sideEffects: 'The rule is gone after a restart, or when the program that wrote the others writes them anew',
  };
}

/** This packet's addresses, protocol and well-known port; not the sender's own port, which the next one will not have. */
export function trafficOf(packet: Packet): TrafficSelector {
  const family = packetFamily(packet);
  const ends = { family, source: hostPrefix(packet.source), destination: hostPrefix(packet.destination) };
  const { transport } = packet;
  switch (transport.protocol) {
    case 'icmp':
      return { ...ends, protocol: family === 'inet' ? 'icmp' : 'icmpv6' };
    case 'tcp':
      return transport.flags === 'syn'
        ? { ...ends, protocol: 'tcp', destPort: transport.destPort }
        : { ...ends, protocol: 'tcp', sourcePort: transport.sourcePort };
    case 'udp':
      return { ...ends, protocol: 'udp' };
    default:
      return unreachable(transport);
  }
}
