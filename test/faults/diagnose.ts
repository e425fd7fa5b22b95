/**
 * For tests of fault rules: ask a question of a built host and see what the rules say, repair by repair.
 *
 * @module
 */

import { findFaults } from '../../src/diagnosis/find.ts';
import { fixOf } from '../../src/diagnosis/fix.ts';
import type { Finding } from '../../src/faults/finding.ts';
import type { FaultContext, FaultRule } from '../../src/faults/rule.ts';
import { applyEdit } from '../../src/host/apply.ts';
import type { Edit, Repair } from '../../src/host/edit.ts';
import type { Host } from '../../src/host/host.ts';
import { lastJourney } from '../../src/journey/journey.ts';
import type { Question } from '../../src/walk/question.ts';
import { walkRoundTrip } from '../../src/walk/round-trip.ts';
import { ask as askFor } from '../helpers/ask.ts';

/** `ns1 10.0.2.1`, `ns1 10.0.2.1 from 10.0.0.1`, `ns1 10.0.2.1 size 1472`, `ns1 tcp 10.0.2.1 80`. */
function ask(text: string): Question {
  const [netns = '', ...words] = text.split(' ');
  const [first = '', second = '', third = ''] = words;
  if (second === 'size') return askFor(netns, first, { payloadBytes: Number(third), dontFragment: true });
  if (first !== 'tcp' && first !== 'udp') return askFor(netns, first, second === 'from' ? { from: third } : {});
  return askFor(netns, second, { to: `${first}/${Number(third)}` });
}

/** What a rule is handed for this question. */
function contextOf(host: Host, question: string): FaultContext {
  const asked = ask(question);
  const trip = walkRoundTrip(host, asked);
  return { host, question: asked, trip, journey: lastJourney(trip) };
}

/** The findings of one rule. */
export function findBy(rule: FaultRule, host: Host, question: string): readonly Finding[] {
  return rule.find(contextOf(host, question));
}

/** The codes of all findings, echoes left out, as a person would see them. */
export function codesOf(host: Host, question: string): readonly string[] {
  return findFaults(contextOf(host, question)).map(({ code }) => code);
}

/** `delivered`, or how it died and where. */
export function endOf(host: Host, question: string): string {
  const { journey } = contextOf(host, question);
  const { fate, leg } = journey;
  if (fate.kind === 'delivered') return leg === 'reply' ? 'answered' : 'delivered';
  return fate.kind === 'dropped' ? `${leg}: ${fate.reason.kind} in ${fate.netns}` : `${leg}: ${fate.kind}`;
}

/** The commands of a finding's first repair, as a person would type them. */
export function commandsFor(host: Host, finding: Finding | undefined): readonly string[] {
  const [repair] = finding?.repairs ?? [];
  return repair === undefined ? [] : fixOf(host, repair).map(({ argv }) => argv.join(' '));
}

/** The host after a repair. */
export function after(host: Host, repair: Repair | undefined): Host {
  if (repair === undefined) throw new Error('there is no repair to apply');
  return repair.edits.reduce<Host>((now, edit: Edit) => applyEdit(now, edit), host);
}

/** Whether the first repair gets the packet further: another end, or another fault in the same place. */
export function isProgress(host: Host, question: string, finding: Finding | undefined): boolean {
  const [repair] = finding?.repairs ?? [];
  const repaired = after(host, repair);
  return (
    endOf(repaired, question) !== endOf(host, question) ||
    String(codesOf(repaired, question)) !== String(codesOf(host, question))
  );
}
