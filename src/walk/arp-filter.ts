/**
 * Whether a filter takes ARP: the chains of the arp family where a host sends and receives it, and those of the bridge
 * family where it is bridged.
 *
 * ARP is no IP packet, so it does not pass the hooks as one. Rules that ask for anything of IP do not match it; of the
 * others, one without other conditions than `ether type arp` decides, and one with more is not judged: it may take it.
 *
 * Source: net/ipv4/arp.c arp_xmit(), arp_rcv(); net/netfilter/nf_tables_core.c.
 *
 * @module
 */

import type { Chain, FilterRule, Hook, Match, RuleRef } from '../host/ruleset.ts';
import type { NetnsIndex } from './netns-index.ts';

/** What becomes of ARP at a hook. */
export type ArpPassage =
  | { readonly kind: 'passes' }
  | { readonly kind: 'drops'; readonly hook: Hook; readonly rule: RuleRef }
  | { readonly kind: 'unknown'; readonly because: string };

const PASSES: ArpPassage = { kind: 'passes' };

/** Meet the hooks in this order, up to the first that stops it. */
export function passArp({ netns }: NetnsIndex, family: 'arp' | 'bridge', hooks: readonly Hook[]): ArpPassage {
  const { ruleset, name } = netns;
  if (!ruleset.known) return { kind: 'unknown', because: ruleset.why };
  for (const table of ruleset.value.tables) {
    if (table.family !== family) continue;
    for (const chain of table.chains) {
      const hook = chain.base?.hook;
      if (hook === undefined || !hooks.includes(hook)) continue;
      const passage = passChain(chain, hook, name);
      if (passage.kind !== 'passes') return passage;
    }
  }
  return PASSES;
}

function passChain(chain: Chain, hook: Hook, netns: string): ArpPassage {
  for (const rule of chain.rules) {
    const holds = rule.matches.map((match) => matchesArp(match, rule.ref));
    if (holds.includes(false) || rule.statements.every(({ kind }) => kind === 'no-effect')) continue;
    if (holds.includes('unknown')) return unjudged(rule, netns);
    for (const statement of rule.statements) {
      if (statement.kind === 'accept' || statement.kind === 'return') return PASSES;
      if (statement.kind === 'drop') return { kind: 'drops', hook, rule: rule.ref };
      if (statement.kind !== 'no-effect' && statement.kind !== 'set-mark') return unjudged(rule, netns);
    }
  }
  const [first] = chain.rules;
  if (chain.base?.policy !== 'drop') return PASSES;
  if (first === undefined)
    return { kind: 'unknown', because: `the policy of chain ${chain.name} in ${netns} drops ARP` };
  return { kind: 'drops', hook, rule: { ...first.ref, handle: undefined, position: 0, text: 'policy drop' } };
}

function unjudged({ ref }: FilterRule, netns: string): ArpPassage {
  return { kind: 'unknown', because: `whether "${ref.text}" in ${netns} takes ARP is not modelled` };
}

/** ARP is of neither IP family: the recording holds `ether type arp` as a family that is none of ours. */
function matchesArp(match: Match, { text }: RuleRef): boolean | 'unknown' {
  switch (match.kind) {
    case 'family':
      if (match.families.length === 0) return !match.negate;
      // Of `{ arp, ip }` only the latter is left in the recording.
      return /\barp\b/.test(text) ? 'unknown' : match.negate;
    case 'device':
    case 'bridge-port':
    case 'mark':
    case 'unmodelled':
      return 'unknown';
    case 'address':
    case 'address-range':
    case 'protocol':
    case 'port':
    case 'icmp':
    case 'ct-state':
    case 'ct-status':
    case 'ct-direction':
    case 'address-type':
    case 'tcp-flags':
    case 'length':
    case 'never':
      return false;
    default:
      // A kind of match that came later.
      return 'unknown';
  }
}
