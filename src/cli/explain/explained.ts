/**
 * Every code with all that is known of it: what its rule says of itself, its page, and the lab faults that show it.
 *
 * @module
 */

import { ALL_RULES } from '../../faults/all.ts';
import type { FaultRule } from '../../faults/rule.ts';
import { FAULT_PAGES } from '../../handbook/fault-pages.ts';
import { FINDING_PAGES } from '../../handbook/finding-pages.ts';
import { findLab, shippedLabs } from '../../lab/find.ts';
import { whyLine } from '../../lab/lab-text.ts';
import type { Explained, LabFault } from '../../report/text/explanation.ts';

type RuleFacts = Pick<FaultRule, 'code' | 'title' | 'source' | 'explains'>;

/** What only a witness can tell, or what is found before there is a packet: no rule about journeys names it. */
const FOUND_BY_THE_DIAGNOSIS: readonly RuleFacts[] = [
  {
    code: 'bad-offload',
    title: 'A checksum is left to an offload that nobody does',
    source: 'net/core/dev.c: validate_xmit_skb(); net/ipv4/tcp_ipv4.c: tcp_v4_rcv(); include/linux/skbuff.h',
    explains: [],
  },
  {
    code: 'name-unresolved',
    title: 'The name has no address in this namespace',
    source: 'getent(1), ip-netns(8); the way to the name server is diagnosed behind it',
    explains: [],
  },
  {
    code: 'unexplained-loss',
    title: 'The wire shows a loss that the model cannot explain',
    source: 'src/diagnosis/unexplained-loss.ts: it says where, and what nsdiag does not model there',
    explains: [],
  },
];

/** What `why` can name: the vocabulary of causes. */
export const FAULT_FACTS: readonly RuleFacts[] = [...ALL_RULES, ...FOUND_BY_THE_DIAGNOSIS];

/** All codes, by group. */
export function everyExplained(): readonly Explained[] {
  const shown = labFaults();
  const factsOf = new Map(FAULT_FACTS.map((facts) => [facts.code, facts]));
  const faults = FAULT_PAGES.flatMap((page): readonly Explained[] => {
    const facts = factsOf.get(page.code);
    return facts === undefined ? [] : [{ ...page, ...facts, labs: shown.get(page.code) ?? [] }];
  });
  const findings = FINDING_PAGES.map((page): Explained => ({ ...page, source: undefined, explains: [], labs: [] }));
  return [...faults, ...findings];
}

/** By code; first those that show nothing else, and where the request dies, whose sender can be watched. */
function labFaults(): ReadonlyMap<string, readonly LabFault[]> {
  const shown = new Map<string, { readonly fault: LabFault; readonly rank: number }[]>();
  for (const { lab } of shippedLabs().map(findLab)) {
    for (const { name, story, question, expect } of lab.faults) {
      const fault: LabFault = { lab: lab.name, fault: name, story, ask: whyLine(question) };
      const isReply = expect.every(({ leg }) => leg === 'reply');
      for (const code of new Set(expect.map((cause) => cause.code))) {
        shown.set(code, [...(shown.get(code) ?? []), { fault, rank: 2 * expect.length + (isReply ? 1 : 0) }]);
      }
    }
  }
  const simplestFirst = [...shown].map(
    ([code, faults]) => [code, faults.sort((a, b) => a.rank - b.rank).map(({ fault }) => fault)] as const,
  );
  return new Map(simplestFirst);
}
