/**
 * A base chain, rule by rule: jumps and returns, verdicts, marks, and the policy at its end.
 *
 * A rule with a condition that cannot be decided is tried both ways, but only when none of its other conditions says no.
 *
 * Source: net/netfilter/nf_tables_core.c nft_do_chain(); net/ipv4/netfilter/ip_tables.c ipt_do_table(). Seen in
 * test/live/netfilter-chains.test.ts.
 *
 * @module
 */

import type { Chain, FilterRule, Match, RuleRef, Statement } from '../../host/ruleset.ts';
import { type Packet, packetFamily } from '../../journey/packet.ts';
import { unreachable } from '../../net/unreachable.ts';
import { bridgePorts } from './bridge-netfilter.ts';
import { clampMss } from './clamp-mss.ts';
import { changeConnection, ctStateOf, follow, trackedConnection } from './connection.ts';
import type { HookPass } from './contract.ts';
import { describeMatch, describeRule } from './describe.ts';
import { guess } from './guess.ts';
import { holds } from './match.ts';
import type { HookedChain } from './plan.ts';
import type { Situation } from './situation.ts';
import { bindNat } from './translate.ts';
import { type Passage, type Passing, passed, type Result, undecidable } from './traversal.ts';

/** Run the packet through the chain. An accept ends this chain only: others at the hook may still drop it. */
export function runChain(passage: Passage, hooked: HookedChain, passing: Passing): Result {
  const flow = runRules({ passage, hooked }, hooked.chain, passing, 0);
  if (flow.kind !== 'returned') return rerouted(hooked, passing, flow);
  if (hooked.base.policy === 'accept') return rerouted(hooked, passing, passed(flow.passing));
  return { kind: 'dropped', rule: policyRef(hooked), verdict: 'drop', with: undefined, passing: flow.passing };
}

/** What the rules of the chain see of the packet. */
export function situationOf(passage: Passage, { packet, conntrack }: Passing): Situation {
  const { pass, scope } = passage;
  const isBridge = scope === 'bridge';
  return {
    packet,
    family: packetFamily(packet),
    // Rules of the bridge family see the ports, rules of IP the bridge.
    inDevice: isBridge ? pass.bridged?.inPort : pass.inDevice,
    outDevice: isBridge ? pass.bridged?.outPort : pass.outDevice,
    ...bridgePorts(pass),
    state: isBridge ? 'unknown' : ctStateOf(conntrack),
    tracked: trackedConnection(conntrack),
    addressType: pass.addressType,
    routeTo: pass.routeTo,
    sender: senderOf(pass, packet),
    isPrerouting: pass.hook === 'prerouting',
  };
}

/** Echo replies, resets and neighbour discovery are the kernel's own. */
function senderOf({ hook, inDevice }: HookPass, { transport }: Packet): Situation['sender'] {
  const isSentHere = hook === 'output' || (hook === 'postrouting' && inDevice === undefined);
  if (!isSentHere) return 'nobody';
  if (transport.protocol === 'icmp') return transport.message === 'echo-request' ? 'process' : 'nobody';
  return transport.protocol === 'tcp' && transport.flags === 'rst' ? 'nobody' : 'process';
}

interface Run {
  readonly passage: Passage;
  readonly hooked: HookedChain;
}

/** `returned`: the packet is back in the chain that called this one. */
type Flow = Result | { readonly kind: 'returned'; readonly passing: Passing };

/** Deeper than the kernel lets nft nest (NFT_JUMP_STACK_SIZE is 16), and than any legacy table that people write. */
const MAX_DEPTH = 100;

function runRules(run: Run, chain: Chain, start: Passing, depth: number): Flow {
  if (depth > MAX_DEPTH) return undecidable(start, `chain ${chain.name} calls itself`);
  let passing = start;
  for (const rule of chain.rules) {
    // What only counts or logs need not be decided.
    if (rule.statements.every(({ kind }) => kind === 'no-effect') || !applies(run, rule, passing)) continue;
    for (const statement of rule.statements) {
      const flow = act(run, statement, rule.ref, passing, depth);
      if (flow.kind !== 'next') return flow;
      passing = flow.passing;
    }
  }
  return { kind: 'returned', passing };
}

function applies({ passage }: Run, { ref, matches }: FilterRule, passing: Passing): boolean {
  if (matches.length === 0) return true;
  const situation = situationOf(passage, passing);
  const open: Match[] = [];
  for (const match of matches) {
    const value = holds(match, situation);
    if (value === false) return false;
    if (value === 'unknown') open.push(match);
  }
  if (open.length === 0) return true;
  const place = `${describeRule(ref)}: ${ref.text}`;
  const unknown: string[] = [];
  for (const match of open) {
    const guessed = guess(match, place, passage.choose);
    if (guessed === false) return false;
    if (guessed === undefined) unknown.push(describeMatch(match));
  }
  return unknown.length === 0 || passage.choose(`"${unknown.join(' ')}" is not modelled (${place})`, 2) === 1;
}

type Act = Flow | { readonly kind: 'next'; readonly passing: Passing };

function act(run: Run, statement: Statement, rule: RuleRef, passing: Passing, depth: number): Act {
  const { passage, hooked } = run;
  if (statement.kind === 'no-effect') return { kind: 'next', passing };
  // It decides nothing about this packet, and so is no rule that it met.
  if (statement.kind === 'clamp-mss') {
    return { kind: 'next', passing: { ...passing, packet: clampMss(passing.packet, statement.to, passage.pass) } };
  }
  const noted: Passing = { ...passing, rules: [...passing.rules, rule] };
  switch (statement.kind) {
    case 'accept':
      return passed(noted);
    case 'drop':
      return { kind: 'dropped', rule, verdict: 'drop', with: undefined, passing: noted };
    case 'reject':
      return { kind: 'dropped', rule, verdict: 'reject', with: statement.with, passing: noted };
    case 'return':
      return { kind: 'returned', passing: noted };
    case 'jump':
    case 'goto': {
      const target = hooked.chains.get(statement.chain);
      if (target === undefined)
        return undecidable(noted, `${describeRule(rule)} calls ${statement.chain}, which is not there`);
      const flow = runRules(run, target, noted, depth + 1);
      return flow.kind === 'returned' && statement.kind === 'jump' ? { kind: 'next', passing: flow.passing } : flow;
    }
    case 'masquerade':
    case 'snat':
    case 'dnat':
    case 'redirect':
    case 'netmap':
      if (hooked.base.type !== 'nat')
        return undecidable(noted, `${describeRule(rule)} translates outside of a nat chain`);
      return bindNat(passage, statement, rule, noted);
    case 'set-mark':
      return {
        kind: 'next',
        passing: withMark(noted, statement.of, (mark) => (mark & ~statement.mask) ^ statement.value),
      };
    case 'copy-mark': {
      const from = statement.to === 'packet' ? trackedConnection(noted.conntrack)?.connection.mark : noted.packet.mark;
      if (from === undefined) return { kind: 'next', passing: noted };
      const marked = withMark(noted, statement.to, (mark) => (mark & ~statement.toMask) ^ (from & statement.fromMask));
      return { kind: 'next', passing: marked };
    }
    case 'notrack':
      return { kind: 'next', passing: untracked(passage, noted) };
    case 'set-ttl':
      return { kind: 'next', passing: { ...noted, packet: { ...noted.packet, ttl: statement.to } } };
    case 'change-ttl': {
      const ttl = Math.min(MAX_TTL, Math.max(0, noted.packet.ttl + statement.by));
      return { kind: 'next', passing: { ...noted, packet: { ...noted.packet, ttl } } };
    }
    case 'unmodelled':
      return undecidable(noted, `"${statement.text}" is not modelled (${describeRule(rule)})`);
    default:
      return unreachable(statement);
  }
}

const MAX_TTL = 255;

function withMark(passing: Passing, of: 'packet' | 'connection', change: (mark: number) => number): Passing {
  const { packet, conntrack } = passing;
  if (of === 'packet') return { ...passing, packet: { ...packet, mark: change(packet.mark) >>> 0 } };
  return { ...passing, conntrack: changeConnection(conntrack, ({ mark }) => ({ mark: change(mark) >>> 0 })) };
}

/** Too late for a packet that conntrack has already taken in. */
function untracked({ pass }: Passage, passing: Passing): Passing {
  if (passing.conntrack.tracking?.kind === 'tracked') return passing;
  return { ...passing, conntrack: follow(passing.conntrack, { netns: pass.netns.name, kind: 'untracked' }) };
}

/** Chains of type route (mangle OUTPUT) look at the packet before and after, and route it anew when it differs. */
function rerouted({ base }: HookedChain, before: Passing, result: Result): Result {
  if (base.type !== 'route' || result.kind !== 'passed') return result;
  if (result.passing.packet.mark === before.packet.mark) return result;
  return passed({ ...result.passing, reroute: true });
}

/** A policy, as a place: position 0 of its chain. */
function policyRef({ table, chain, base }: HookedChain): RuleRef {
  const { machinery, family, name } = table;
  const text = machinery === 'nft' ? `policy ${base.policy}` : `-P ${chain.name} ${base.policy.toUpperCase()}`;
  return { machinery, family, table: name, chain: chain.name, handle: undefined, position: 0, text };
}
