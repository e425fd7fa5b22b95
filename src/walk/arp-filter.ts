/**
 * Whether a filter takes ARP: the chains of the arp family where a host sends and receives it, and those of the bridge
 * family where it is bridged.
 *
 * ARP is no IP packet, so it does not pass the hooks as one. Rules that ask for anything of IP do not match it; of the
 * others, one that asks for no more than that it is ARP, its operation and its addresses decides, and one with more is not
 * judged: it may take it.
 *
 * Source: net/ipv4/arp.c arp_xmit(), arp_rcv(); net/netfilter/nf_tables_core.c.
 *
 * @module
 */

import type { Chain, FilterRule, Hook, Match, RuleRef } from '../host/ruleset.ts';
import { contains } from '../net/prefix.ts';
import type { ArpEnds } from './bridge-port.ts';
import type { HostIndex } from './host-index.ts';
import type { NetnsIndex } from './netns-index.ts';

/** What becomes of ARP at a hook. */
export type ArpPassage =
  | { readonly kind: 'passes' }
  | { readonly kind: 'drops'; readonly hook: Hook; readonly rule: RuleRef }
  | { readonly kind: 'unknown'; readonly because: string };

/** Operations. Source: RFC 826. */
export const ARP = { request: 1, reply: 2 } as const;

/** A message of ARP, as far as rules ask for it. */
export interface ArpMessage {
  readonly operation: number;
  readonly ends: ArpEnds | undefined;
}

/** Whether some rule of the host asks who asks for whom: without one, all requests fare alike. */
export function asksForArpEnds(index: HostIndex): boolean {
  const known = asking.get(index);
  if (known !== undefined) return known;
  const asks = index.host.namespaces.some(
    ({ ruleset }) =>
      ruleset.known &&
      ruleset.value.tables.some(({ chains }) =>
        chains.some(({ rules }) => rules.some(({ matches }) => matches.some(({ kind }) => kind === 'arp-address'))),
      ),
  );
  asking.set(index, asks);
  return asks;
}

const asking = new WeakMap<HostIndex, boolean>();

const PASSES: ArpPassage = { kind: 'passes' };

/** Meet the hooks in this order, up to the first that stops it. */
export function passArp(
  { netns }: NetnsIndex,
  family: 'arp' | 'bridge',
  hooks: readonly Hook[],
  arp: ArpMessage,
): ArpPassage {
  const { ruleset, name } = netns;
  if (!ruleset.known) return { kind: 'unknown', because: ruleset.why };
  for (const table of ruleset.value.tables) {
    if (table.family !== family) continue;
    for (const chain of table.chains) {
      const hook = chain.base?.hook;
      if (hook === undefined || !hooks.includes(hook)) continue;
      const passage = passChain(chain, hook, { netns: name, arp, chains: table.chains, mark: 0 });
      if (passage.kind !== 'passes') return passage;
    }
  }
  return PASSES;
}

/** What is met under way. `mark`: what rules have made of it; ARP begins without one. */
interface Meeting {
  readonly netns: string;
  readonly arp: ArpMessage;
  readonly chains: readonly Chain[];
  mark: number;
}

function passChain(chain: Chain, hook: Hook, meeting: Meeting): ArpPassage {
  const end = runChain(chain, meeting);
  if (end !== undefined) return end.kind === 'drops' ? { ...end, hook } : end;
  const [first] = chain.rules;
  if (chain.base?.policy !== 'drop') return PASSES;
  if (first === undefined)
    return { kind: 'unknown', because: `the policy of chain ${chain.name} in ${meeting.netns} drops ARP` };
  return { kind: 'drops', hook, rule: { ...first.ref, handle: undefined, position: 0, text: 'policy drop' } };
}

type ChainEnd = Exclude<ArpPassage, { kind: 'drops' }> | { readonly kind: 'drops'; readonly rule: RuleRef };

/** @returns `undefined`: no rule of it decided. A table's jumps lead in no circle: the kernel refuses those. */
function runChain(chain: Chain, meeting: Meeting): ChainEnd | undefined {
  for (const rule of chain.rules) {
    const holds = rule.matches.map((match) => matchesArp(match, rule.ref, meeting));
    if (holds.includes(false) || rule.statements.every(({ kind }) => kind === 'no-effect')) continue;
    if (holds.includes('unknown')) return unjudged(rule, meeting);
    for (const statement of rule.statements) {
      switch (statement.kind) {
        case 'accept':
          return PASSES;
        case 'drop':
          return { kind: 'drops', rule: rule.ref };
        case 'return':
          return undefined;
        case 'jump':
        case 'goto': {
          const next = meeting.chains.find(({ name }) => name === statement.chain);
          const end = next === undefined ? unjudged(rule, meeting) : runChain(next, meeting);
          if (end !== undefined || statement.kind === 'goto') return end;
          break;
        }
        case 'set-mark':
          if (statement.of === 'packet') meeting.mark = ((meeting.mark & ~statement.mask) ^ statement.value) >>> 0;
          break;
        case 'no-effect':
          break;
        default:
          return unjudged(rule, meeting);
      }
    }
  }
  return undefined;
}

function unjudged({ ref }: FilterRule, { netns }: Meeting): Extract<ArpPassage, { kind: 'unknown' }> {
  return { kind: 'unknown', because: `whether "${ref.text}" in ${netns} takes ARP is not modelled` };
}

/** ARP is of neither IP family: the recording holds `ether type arp` as a family that is none of ours. */
function matchesArp(match: Match, { text }: RuleRef, { arp, mark }: Meeting): boolean | 'unknown' {
  const { operation, ends } = arp;
  switch (match.kind) {
    case 'arp-operation':
      return match.operations.includes(operation) !== match.negate;
    case 'arp-address': {
      if (ends === undefined) return 'unknown';
      return match.prefixes.some((prefix) => contains(prefix, ends[match.side])) !== match.negate;
    }
    case 'family':
      if (match.families.length === 0) return !match.negate;
      // Of `{ arp, ip }` only the latter is left in the recording.
      return /\barp\b/.test(text) ? 'unknown' : match.negate;
    case 'mark':
      return match.of === 'packet' && ((mark & match.mask) >>> 0 === match.value) !== match.negate;
    // How the frame is addressed (pkttype): a request goes to all, an answer to one.
    case 'address-type':
      return (match.types.includes('broadcast') && operation === ARP.request) !== match.negate;
    case 'device':
    case 'bridge-port':
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
    case 'tcp-flags':
    case 'length':
    case 'never':
      return false;
    default:
      // A kind of match that came later.
      return 'unknown';
  }
}
