/**
 * A rule of the bridge family (nft bridge, ebtables) drops the frame.
 *
 * @module
 */

import { findNetns } from '../../host/host.ts';
import { defineRule, type Found } from '../define.ts';
import { filterEvidence } from '../evidence.ts';
import { acceptArp, filteredIn, filterFound, ruleText } from '../filter-rule.ts';
import type { FaultContext } from '../rule.ts';
import { droppedAs } from '../search/dropped.ts';

export const bridgeFilterDrop = defineRule({
  code: 'bridge-filter-drop',
  title: 'A rule of the bridge family drops the frame',
  source: 'net/bridge/br_forward.c: NF_BR_FORWARD; nft(8), bridge address family',
  explains: ['neighbor-unresolved'],

  find(context) {
    const filtered = filteredIn(context);
    if (filtered === undefined) return arpFiltered(context);
    if (filtered.reason.rule.family !== 'bridge') return [];
    return [filterFound(context, filtered, WHY)];
  },
});

const WHY = 'The bridge asks its own netfilter hooks about every frame that it passes, before any IP firewall does';

/** Before anything else ARP is taken, so that nobody answers. */
function arpFiltered(context: FaultContext): readonly Found[] {
  const unanswered = droppedAs(context, 'neighbor-unanswered');
  const block = unanswered?.reason.search.blocks.find(({ filter }) => filter?.rule.family === 'bridge');
  const netns = block && findNetns(context.host, block.at.netns);
  if (block?.filter === undefined || netns === undefined) return [];
  const { hook, rule } = block.filter;
  return [
    {
      ...block.at,
      what: `${netns.name} drops ARP at the ${hook} hook: ${ruleText(rule)}`,
      why: WHY,
      evidence: [filterEvidence(netns, rule)],
      repairs: [acceptArp(context, netns.name, hook, rule)],
    },
  ];
}
