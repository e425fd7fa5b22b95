/**
 * Whether a filter takes ARP: the chains of the arp family where a host sends and receives it, those of the bridge
 * family where it is bridged, and those that are bound to a device (netdev, and inet at ingress and egress).
 *
 * ARP is no IP packet, so it does not pass the hooks as one. Rules that ask for anything of IP do not match it; of the
 * others, one that asks for no more than that it is ARP, its operation and its addresses decides, and one with more is not
 * judged: it may take it.
 *
 * Source: net/ipv4/arp.c arp_xmit(), arp_rcv(); net/core/dev.c nf_ingress(); net/netfilter/nf_tables_core.c. Seen in
 * test/live/netfilter-devices.test.ts.
 *
 * @module
 */

import type { DeviceName } from '../host/link.ts';
import type { BaseChain, Chain, FilterRule, Hook, Match, RuleRef, RulesetTable } from '../host/ruleset.ts';
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

/** Whose chains: those of a family, or those that are bound to a device. */
export type ArpChains = 'arp' | 'bridge' | { readonly boundTo: DeviceName };

/** Meet the hooks in this order, up to the first that stops it. */
export function passArp({ netns }: NetnsIndex, whose: ArpChains, hooks: readonly Hook[], arp: ArpMessage): ArpPassage {
  const { ruleset, name } = netns;
  if (!ruleset.known) return { kind: 'unknown', because: ruleset.why };
  for (const table of ruleset.value.tables) {
    if (!isTableOf(table, whose)) continue;
    for (const chain of table.chains) {
      const { base } = chain;
      if (base === undefined || !hooks.includes(base.hook)) continue;
      if (typeof whose === 'object' && base.devices.length === 0) {
        return {
          kind: 'unknown',
          because: `nft does not say which devices chain ${chain.name} in ${name} is bound to`,
        };
      }
      if (typeof whose === 'object' && !base.devices.includes(whose.boundTo)) continue;
      const passage = passChain(table, chain, base, { netns: name, arp, chains: table.chains, mark: 0 });
      if (passage.kind !== 'passes') return passage;
    }
  }
  return PASSES;
}

function isTableOf({ family }: RulesetTable, whose: ArpChains): boolean {
  return typeof whose === 'object' ? family === 'netdev' || family === 'inet' : family === whose;
}

/** What is met under way. `mark`: what rules have made of it; ARP begins without one. */
interface Meeting {
  readonly netns: string;
  readonly arp: ArpMessage;
  readonly chains: readonly Chain[];
  mark: number;
}

function passChain(table: RulesetTable, chain: Chain, { hook, policy }: BaseChain, meeting: Meeting): ArpPassage {
  const end = runChain(chain, meeting);
  if (end !== undefined) return end.kind === 'drops' ? { ...end, hook } : end;
  if (policy !== 'drop') return PASSES;
  const { machinery, family, name } = table;
  const place = { machinery, family, table: name, chain: chain.name } as const;
  return { kind: 'drops', hook, rule: { ...place, handle: undefined, position: 0, text: 'policy drop' } };
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
