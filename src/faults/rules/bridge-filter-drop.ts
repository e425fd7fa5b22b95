/**
 * A rule of the bridge family (nft bridge, ebtables) drops the frame.
 *
 * @module
 */

import { defineRule } from '../define.ts';
import { arpFilterFound, filteredIn, filterFound } from '../filter-rule.ts';

export const bridgeFilterDrop = defineRule({
  code: 'bridge-filter-drop',
  title: 'A rule of the bridge family drops the frame',
  source: 'net/bridge/br_forward.c: NF_BR_FORWARD; nft(8), bridge address family',
  explains: ['neighbor-unresolved'],

  find(context) {
    const filtered = filteredIn(context);
    if (filtered === undefined) return arpFilterFound(context, (family) => family === 'bridge', WHY);
    if (filtered.reason.rule.family !== 'bridge') return [];
    return [filterFound(context, filtered, WHY)];
  },
});

const WHY = 'The bridge asks its own netfilter hooks about every frame that it passes, before any IP firewall does';
