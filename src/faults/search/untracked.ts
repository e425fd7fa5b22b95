/**
 * The rule that kept a packet from connection tracking: nothing is translated then, whatever the translating rules say.
 *
 * Source: net/netfilter/nf_nat_core.c nf_nat_inet_fn(): a packet without a connection is accepted as it is. Seen in
 * test/live/netfilter-nat.test.ts.
 *
 * @module
 */

import type { Repair } from '../../host/edit.ts';
import type { Netns } from '../../host/host.ts';
import type { FilterRule, Hook } from '../../host/ruleset.ts';
import type { RoundTrip } from '../../journey/journey.ts';
import type { Packet } from '../../journey/packet.ts';
import { acceptAhead, ruleText } from '../filter-rule.ts';

/** It said notrack of the packet at this hook. */
export interface Untracked {
  readonly rule: FilterRule;
  readonly hook: Hook;
}

/** The last such rule that the request met in the namespace. */
export function untrackedBy({ request }: RoundTrip, netns: Netns): Untracked | undefined {
  if (!netns.ruleset.known) return undefined;
  const rules = netns.ruleset.value.tables.flatMap(({ chains }) => chains.flatMap((chain) => chain.rules));
  const saying = rules.filter(({ statements }) => statements.some(({ kind }) => kind === 'notrack'));
  if (saying.length === 0) return undefined;
  for (const step of request.steps.toReversed()) {
    if (step.stage !== 'netfilter' || step.netns !== netns.name) continue;
    const rule = saying.find(({ ref }) => step.rules.includes(ref));
    if (rule !== undefined) return { rule, hook: step.hook };
  }
  return undefined;
}

export const WHY_UNTRACKED =
  'Addresses are translated by connection tracking: a packet that a rule keeps from it (notrack) meets no translating rule';

export function untrackedText({ rule }: Untracked): string {
  return `${ruleText(rule.ref)} keeps it from connection tracking, and so from being translated`;
}

/** Let this packet by, ahead of the rule; or do without it. */
export function trackingRepairs(netns: Netns, { rule, hook }: Untracked, packet: Packet): readonly Repair[] {
  return [
    {
      intent: 'Leave this traffic to connection tracking, ahead of the rule that takes it out',
      edits: [acceptAhead(netns.name, hook, rule.ref, packet)],
      sideEffects: 'The rule is gone after a restart, or when the program that wrote the others writes them anew',
    },
    {
      intent: 'Delete the rule that keeps it from connection tracking',
      edits: [{ kind: 'filter-delete', netns: netns.name, rule: rule.ref }],
      sideEffects: 'All that it kept from connection tracking is tracked from then on',
    },
  ];
}
