/**
 * A packet filter drops the packet in silence: a rule, or the policy of a chain.
 *
 * @module
 */

import { defineRule } from '../define.ts';
import { filteredIn, filterFound } from '../filter-rule.ts';

export const firewallDrop = defineRule({
  code: 'firewall-drop',
  title: 'A firewall drops the packet',
  source: 'net/netfilter/core.c: nf_hook_slow(); nft(8), iptables(8)',
  explains: [],

  find(context) {
    const filtered = filteredIn(context);
    if (filtered === undefined || filtered.reason.bridged || filtered.reason.verdict !== 'drop') return [];
    const why =
      filtered.reason.rule.position === 0
        ? 'A packet that no rule of a base chain decides gets the policy of the chain; a drop anywhere is final, whatever other chains accept'
        : 'The first rule that matches and decides is final for the chain, and a drop for all of them; the sender hears nothing';
    return [filterFound(context, filtered, why)];
  },
});
