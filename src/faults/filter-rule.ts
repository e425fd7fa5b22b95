/**
 * The common part of the rules about packet filters: which rule took the packet, and one accept ahead of it for this
 * traffic alone.
 *
 * @module
 */

import { applyEdit } from '../host/apply.ts';
import type { Edit, Repair, TrafficSelector } from '../host/edit.ts';
import { findNetns } from '../host/host.ts';
import type { NetnsName } from '../host/link.ts';
import { type Owner, ruleOwner } from '../host/owner.ts';
import type { Hook, RuleRef, TableFamily } from '../host/ruleset.ts';
import { findChain } from '../host/ruleset-edit.ts';
import { lastJourney } from '../journey/journey.ts';
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

/** One accept; and one for each packet that the same rule would take next. */
function accept(context: FaultContext, filtered: Filtered, owner: Owner | undefined): Repair {
  return {
    ...acceptIn(context, filtered, undefined, `ahead of what ${VERB[filtered.reason.verdict]} it`),
    sideEffects:
      owner === undefined
        ? 'The rule is gone after a restart, or when the program that wrote the others writes them anew'
        : `The rule is gone when ${owner.program} writes its own again (${owner.rewrites})`,
  };
}

/** Where Linux's default ip_local_port_range begins. */
const FIRST_CLIENT_PORT = 32768;

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
  const edits = acceptAll(context, filtered.netns.name, filtered.reason.rule, [acceptEdit(filtered, chain)], chain);
  return { intent: `Accept this traffic${edits.length > 1 ? ' and its answers' : ''} ${where}`, edits };
}

/** Two messages of neighbour discovery, the request, the answer, and again those before the answer is sent. */
const MOST_ACCEPTS = 6;

/** And what the same rule would take next, once these are accepted: the answer, or the packet that a neighbour was looked for. */
function acceptAll(
  { question, host }: FaultContext,
  netns: NetnsName,
  rule: RuleRef,
  first: readonly Edit[],
  users: string | undefined,
): readonly Edit[] {
  const edits = [...first];
  while (edits.length < MOST_ACCEPTS) {
    const repaired = edits.reduce(applyEdit, host);
    const trip = walkRoundTrip(repaired, question);
    const next = droppedAs({ host: repaired, question, trip, journey: lastJourney(trip) }, 'filtered');
    if (next?.netns.name !== netns || !sameRule(next.reason.rule, rule)) break;
    const edit = acceptEdit(next, users);
    // Accepted, and dropped all the same: another accept is no help.
    if (edits.some((each) => sameTraffic(each, edit))) break;
    edits.push(edit);
  }
  return edits;
}

function sameTraffic(a: Edit, b: Edit): boolean {
  return a.kind === 'filter-accept' && b.kind === 'filter-accept' && isDeepEqual(a.traffic, b.traffic);
}

function isDeepEqual(a: TrafficSelector, b: TrafficSelector): boolean {
  const asText = (_: string, value: unknown) => (typeof value === 'bigint' ? String(value) : value);
  return JSON.stringify(a, asText) === JSON.stringify(b, asText);
}

/** @param users A chain at whose head it goes, instead of ahead of the rule. */
function acceptEdit({ netns, reason }: Filtered, users: string | undefined): Edit {
  return acceptAt(netns.name, reason.hook, reason.rule, trafficOf(reason.packet), users);
}

/** An accept for this packet ahead of the rule. */
export function acceptAhead(netns: NetnsName, hook: Hook, rule: RuleRef, packet: Packet): Edit {
  return acceptAt(netns, hook, rule, trafficOf(packet), undefined);
}

function acceptAt(
  netns: NetnsName,
  hook: Hook,
  rule: RuleRef,
  traffic: TrafficSelector,
  users: string | undefined,
): Edit {
  const { machinery, family, table, chain } = rule;
  const before = users === undefined ? rule : undefined;
  return {
    kind: 'filter-accept',
    netns,
    place: { machinery, family, table, chain: users ?? chain, hook, before },
    traffic,
  };
}

/** What a filter of one of these families says that takes ARP, before anything else: then nobody answers. */
export function arpFilterFound(
  context: FaultContext,
  isAskedFor: (family: TableFamily) => boolean,
  why: string,
): readonly Found[] {
  const unanswered = droppedAs(context, 'neighbor-unanswered');
  const block = unanswered?.reason.search.blocks.find(({ filter }) => filter && isAskedFor(filter.rule.family));
  const netns = block && findNetns(context.host, block.at.netns);
  if (block?.filter === undefined || netns === undefined) return [];
  const { hook, rule } = block.filter;
  return [
    {
      ...block.at,
      what: `${netns.name} drops ARP at the ${hook} hook: ${ruleText(rule)}`,
      why,
      evidence: [filterEvidence(netns, rule)],
      repairs: [acceptArp(context, netns.name, hook, rule)],
    },
  ];
}

/** Accept ARP ahead of the rule that takes it, and what the same rule would take after that. */
function acceptArp(context: FaultContext, netns: NetnsName, hook: Hook, rule: RuleRef): Repair {
  const arp = acceptAt(netns, hook, rule, { family: 'inet', resolution: 'arp' }, undefined);
  const edits = acceptAll(context, netns, rule, [arp], undefined);
  return {
    intent: `Accept ARP${edits.length > 1 ? ', this traffic and its answers' : ''} ahead of what drops it`,
    edits,
    sideEffects: 'The rule is gone after a restart, or when the program that wrote the others writes them anew',
  };
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

const DISCOVERY = { family: 'inet6', protocol: 'icmpv6' } as const;

/** This packet's addresses, protocol and well-known port; not the sender's own port, which the next one will not have. */
function trafficOf(packet: Packet): TrafficSelector {
  const family = packetFamily(packet);
  const ends = { family, source: hostPrefix(packet.source), destination: hostPrefix(packet.destination) };
  const { transport } = packet;
  switch (transport.protocol) {
    case 'icmp':
      // Everybody looks for everybody: an accept for one pair of neighbours would help nobody else.
      if (transport.message === 'neighbor-solicitation') return { ...DISCOVERY, resolution: 'solicitation' };
      if (transport.message === 'neighbor-advertisement') return { ...DISCOVERY, resolution: 'advertisement' };
      return { ...ends, protocol: family === 'inet' ? 'icmp' : 'icmpv6' };
    case 'tcp':
      return transport.flags === 'syn'
        ? { ...ends, protocol: 'tcp', destPort: transport.destPort }
        : { ...ends, protocol: 'tcp', sourcePort: transport.sourcePort };
    case 'udp':
      return { ...ends, protocol: 'udp', ...servicePort(transport) };
    default:
      return unreachable(transport);
  }
}

/** Which end of a datagram is the service does not show in it: the one whose port is not out of the range of clients. */
function servicePort({ sourcePort, destPort }: Extract<Packet['transport'], { protocol: 'udp' }>) {
  const [isFromClient, isToClient] = [sourcePort, destPort].map((port) => port >= FIRST_CLIENT_PORT);
  if (isFromClient === isToClient) return {};
  return isFromClient ? { destPort } : { sourcePort };
}
