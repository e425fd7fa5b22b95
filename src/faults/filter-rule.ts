/**
 * The common part of the rules about packet filters: which rule took the packet, and one accept ahead of it for this
 * traffic alone.
 *
 * @module
 */

import { applyEdit } from '../host/apply.ts';
import type { Edit, FilterPlace, Repair, TrafficSelector } from '../host/edit.ts';
import { type Owner, ruleOwner } from '../host/owner.ts';
import type { RuleRef } from '../host/ruleset.ts';
import { findChain } from '../host/ruleset-edit.ts';
import { type Packet, packetFamily } from '../journey/packet.ts';
import { hostPrefix } from '../net/prefix.ts';
import { unreachable } from '../net/unreachable.ts';
import { walkRoundTrip } from '../walk/round-trip.ts';
import type { Found } from './define.ts';
import { filterEvidence, ownerEvidence } from './evidence.ts';
import type { FaultContext } from './rule.ts';
import { type Dropped, droppedAs } from './search/dropped.ts';

export type Filtered = Dropped<'filtered'>;

/** The drop by a filter, when the journey ended so. */
export function filteredIn(context: FaultContext): Filtered | undefined {
  return droppedAs(context, 'filtered');
}

/** What all filter findings say: hook, table, chain, the rule, and the one accept. */
export function filterFound(
  context: FaultContext,
  filtered: Filtered,
  why: string,
  more: readonly Repair[] = [],
): Found {
  const { netns, reason } = filtered;
  const { rule, hook, verdict } = reason;
  const owner = netns.ruleset.known ? ruleOwner(rule, netns.ruleset.value) : undefined;
  return {
    netns: netns.name,
    device: reason.inDevice ?? reason.outDevice,
    what: `${netns.name} ${VERB[verdict]} it at the ${hook} hook: ${ruleText(rule)}`,
    why,
    evidence: [filterEvidence(netns, rule), ...ownerEvidence(owner, rule.position === 0 ? 'policy' : 'rule')],
    repairs: [...acceptForUsers(context, filtered, owner), accept(context, filtered, owner), ...more],
  };
}

/** `rule 3 of iptables filter FORWARD (iptables-nft): -A FORWARD -j DROP`. */
export function ruleText(rule: RuleRef): string {
  const chain = `${rule.family} ${rule.table} ${rule.chain} (${rule.machinery})`;
  if (rule.position === 0) return `the policy of chain ${chain}`;
  const handle = rule.handle === undefined ? `rule ${rule.position}` : `the rule with handle ${rule.handle}`;
  return `${handle} of ${chain}: ${rule.text}`;
}

/** One accept; and one for the answer, when the same rule would take that next. */
function accept(context: FaultContext, filtered: Filtered, owner: Owner | undefined): Repair {
  return {
    ...acceptIn(context, filtered, undefined, `ahead of what ${VERB[filtered.reason.verdict]} it`),
    sideEffects:
      owner === undefined
        ? 'The rule is gone after a restart, or when the program that wrote the others writes them anew'
        : `The rule is gone when ${owner.program} writes its own again (${owner.rewrites})`,
  };
}

const VERB = { drop: 'drops', reject: 'rejects' } as const;

/** The same in the chain that the program whose rule it is leaves to others, where it has one: that lasts. */
function acceptForUsers(context: FaultContext, filtered: Filtered, owner: Owner | undefined): readonly Repair[] {
  const { netns, reason } = filtered;
  const chain = owner?.userChain;
  if (owner === undefined || chain === undefined || reason.hook !== 'forward' || !netns.ruleset.known) return [];
  const place = { ...reason.rule, chain };
  if (reason.rule.table !== 'filter' || findChain(netns.ruleset.value, place).chain === undefined) return [];
  return [
    {
      ...acceptIn(context, filtered, chain, `in ${chain}, which ${owner.program} leaves alone`),
      sideEffects: 'The rule is gone after a restart of the machine',
    },
  ];
}

function acceptIn(
  context: FaultContext,
  filtered: Filtered,
  chain: string | undefined,
  where: string,
): Omit<Repair, 'sideEffects'> {
  const first = acceptEdit(filtered, chain);
  const answer = answerTaken(context, filtered, first);
  return {
    intent: `Accept this traffic${answer === undefined ? '' : ' and its answers'} ${where}`,
    edits: answer === undefined ? [first] : [first, acceptEdit(answer, chain)],
  };
}

/** @param users A chain at whose head it goes, instead of ahead of the rule. */
function acceptEdit({ netns, reason }: Filtered, users: string | undefined): Edit {
  const { machinery, family, table, chain } = reason.rule;
  const before = users === undefined ? reason.rule : undefined;
  const place: FilterPlace = { machinery, family, table, chain: users ?? chain, hook: reason.hook, before };
  return { kind: 'filter-accept', netns: netns.name, place, traffic: trafficOf(reason.packet) };
}

/** The drop of the answer, once the request is accepted, by the same rule. */
function answerTaken({ question, ...context }: FaultContext, filtered: Filtered, edit: Edit): Filtered | undefined {
  if (context.journey.leg === 'reply') return undefined;
  const host = applyEdit(context.host, edit);
  const trip = walkRoundTrip(host, question);
  if (trip.reply === undefined) return undefined;
  const next = droppedAs({ host, question, trip, journey: trip.reply }, 'filtered');
  const isSame = next?.netns.name === filtered.netns.name && next.reason.hook === filtered.reason.hook;
  return isSame && sameRule(next.reason.rule, filtered.reason.rule) ? next : undefined;
}

/** Its number has moved by one since. */
function sameRule(a: RuleRef, b: RuleRef): boolean {
  const isPolicy = a.position === 0;
  return (
    a.machinery === b.machinery &&
    a.family === b.family &&
    a.table === b.table &&
    a.chain === b.chain &&
    isPolicy === (b.position === 0) &&
    a.text === b.text
  );
}

/** This packet's addresses, protocol and well-known port; not the sender's own port, which the next one will not have. */
function trafficOf(packet: Packet): TrafficSelector {
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
