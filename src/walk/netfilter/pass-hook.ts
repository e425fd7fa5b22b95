/**
 * Netfilter at one hook: every chain, connection tracking and translation, in the kernel's order.
 *
 * Unknown is never a pass: what could not be read or is not modelled makes the passage undecided, unless the packet ends
 * the same way whatever the unknown says.
 *
 * Source: net/netfilter/core.c nf_hook_slow().
 *
 * @module
 */

import type { DeviceName } from '../../host/link.ts';
import type { Ruleset } from '../../host/ruleset.ts';
import type { DropReason, Fate } from '../../journey/fate.ts';
import { packetFamily } from '../../journey/packet.ts';
import type { Step } from '../../journey/step.ts';
import { unreachable } from '../../net/unreachable.ts';
import { runChain } from './chain.ts';
import { type Choose, explore } from './choices.ts';
import { ctStateOf, follow, track } from './connection.ts';
import type { Conntrack, HookPass, HookResult } from './contract.ts';
import { sameTuple } from './ends.ts';
import { runNat } from './nat.ts';
import { inOrder } from './order.ts';
import { chainName, type HookEntry, type HookedChain, hookPlan } from './plan.ts';
import { recall, remembered } from './remembered.ts';
import { plansOf, unreadIn } from './scopes.ts';
import { roomFor } from './table-room.ts';
import { type Dropped, type Passage, type Passing, passed, type Result, undecidable } from './traversal.ts';

/** Let the packet pass the hook. */
export function passHook(pass: HookPass): HookResult {
  const { ruleset } = pass.netns;
  if (!ruleset.known) return undecided(pass, [ruleset.why]);
  const { tables, unread } = ruleset.value;
  if (unread.length === 0 && (tables.length === 0 || isEmpty(pass, ruleset.value))) return unchanged(pass);
  const explored = explore((choose) => runHook(pass, ruleset.value, choose), outcomeKey);
  if (explored.kind === 'settled') return resultOf(pass, explored.outcome, explored.assumed.map(assumedText));
  if (explored.kind === 'chance' && pass.pick !== undefined) {
    const { questions, outcomes, assumed } = explored;
    const outcome = outcomes[pass.pick(outcomes.length, questions.join('; '))] ?? outcomes[0];
    if (outcome !== undefined)
      return resultOf(pass, outcome, [...assumed.map(assumedText), ...questions.map(drawnText)]);
  }
  const reasons = explored.outcomes.flatMap(({ result }) => (result.kind === 'undecided' ? result.because : []));
  return undecided(pass, [...new Set([...explored.questions, ...reasons])]);
}

/** Whether nothing stands at the hook, as at most hooks of most rulesets: said apart, because it is asked so often. */
function isEmpty({ hook, bridged, packet }: HookPass, ruleset: Ruleset): boolean {
  const isIpAlone = bridged === undefined && (hook === 'input' || hook === 'forward' || hook === 'postrouting');
  return isIpAlone && hookPlan(ruleset, hook, packetFamily(packet)).groups.length === 0;
}

function assumedText(question: string): string {
  return `Assumed: ${question}`;
}

function drawnText(question: string): string {
  return `Every way was walked where ${question}`;
}

/** How one run went, and through how many chains. */
interface Outcome {
  readonly result: Result;
  readonly chains: number;
}

function runHook(pass: HookPass, ruleset: Ruleset, choose: Choose): Outcome {
  const start = { packet: pass.packet, conntrack: arriving(pass), rules: [], natRule: undefined, reroute: false };
  const plans = plansOf(pass, ruleset, choose);
  // br_netfilter has done it while the frame was bridged: what conntrack saw then still holds.
  if (plans === 'done') return { result: passed({ ...start, conntrack: pass.conntrack }), chains: 0 };
  const chains = plans.reduce((sum, { plan }) => sum + plan.chainCount, 0);
  let result: Result = passed(start);
  for (const { scope, plan } of plans) {
    for (const group of plan.groups) {
      for (const entry of ordered(group, choose)) {
        result = runEntry({ pass, scope, choose }, entry, result.passing);
        if (result.kind !== 'passed') return { result, chains };
      }
    }
  }
  const unread = plans.flatMap(({ scope }) => unreadIn(ruleset, scope));
  if (unread.length > 0) result = { kind: 'undecided', because: unread, passing: result.passing };
  return { result, chains };
}

/** A packet is new to conntrack where it comes in, unless it comes back by lo: that gives back what it was given. */
function arriving({ hook, netns, inDevice, bridged, conntrack }: HookPass): Conntrack {
  const isFirst = hook === 'prerouting' || (hook === 'output' && bridged === undefined);
  if (!isFirst) return conntrack;
  const cameBack = inDevice === LOOPBACK && conntrack.tracking?.netns === netns.name;
  return cameBack ? conntrack : follow(conntrack, undefined);
}

/** Every namespace has one, and it has no other name. */
const LOOPBACK = 'lo';

function ordered(group: readonly HookEntry[], choose: Choose): readonly HookEntry[] {
  const isPure = group.every((entry) => entry.kind === 'chain' && entry.chain.isPure);
  return isPure ? group : inOrder(group, choose, entryName);
}

function entryName(entry: HookEntry): string {
  return entry.kind === 'chain' ? chainName(entry.chain) : entry.kind;
}

function runEntry(passage: Passage, entry: HookEntry, passing: Passing): Result {
  switch (entry.kind) {
    case 'conntrack':
      return lookUp(passage, passing);
    case 'nat':
      return runNat(passage, entry.groups, passing);
    case 'chain':
      return isOnDevice(passage, entry.chain) ? runChain(passage, entry.chain, passing) : passed(passing);
    default:
      return unreachable(entry);
  }
}

/** Find the packet's connection, of the walk or from before, or enter a new one where there is room. */
function lookUp({ pass: { netns } }: Passage, passing: Passing): Result {
  const { conntrack: before, packet } = passing;
  if (before.tracking?.netns === netns.name) return passed(passing);
  const conntrack = track(before, netns.name, packet);
  const isEntered = conntrack.connections.length > before.connections.length;
  const isUnknown = isEntered || conntrack.tracking?.kind === 'invalid';
  const old = isUnknown ? remembered(netns, packet) : undefined;
  if (old !== undefined) return passed({ ...passing, conntrack: recall(before, netns, packet, old) });
  const room = isEntered ? roomFor(netns) : ROOM;
  switch (room.kind) {
    case 'room':
      return passed({ ...passing, conntrack });
    case 'full':
      return { kind: 'no-room', count: room.count, max: room.max, passing };
    case 'unknown':
      return undecidable(passing, room.why);
    default:
      return unreachable(room);
  }
}

const ROOM = { kind: 'room' } as const;

/** Chains of ingress and egress are bound to devices. */
function isOnDevice({ pass, scope, choose }: Passage, hooked: HookedChain): boolean {
  if (scope !== 'netdev') return true;
  const device = pass.hook === 'ingress' ? pass.inDevice : pass.outDevice;
  const { devices } = hooked.base;
  if (devices.length > 0) return devices.some((each) => each === device);
  return choose(`nft does not say which devices ${chainName(hooked)} is bound to`, 2) === 1;
}

/** Drops are all alike here, whichever rule it was. */
function outcomeKey({ result }: Outcome): string {
  if (result.kind !== 'passed') return result.kind;
  const { packet, conntrack, reroute } = result.passing;
  return JSON.stringify([packet, conntrack, reroute]);
}

function resultOf(pass: HookPass, { result, chains }: Outcome, unsure: readonly string[]): HookResult {
  const { passing } = result;
  const steps = stepsOf(pass, passing, chains, unsure);
  const { packet, conntrack, reroute } = passing;
  if (result.kind === 'passed')
    return { packet, conntrack, steps, fate: undefined, reroute: reroute && pass.hook === 'output' };
  return { packet, conntrack, steps, fate: fateOf(pass, result), reroute: false };
}

function fateOf(pass: HookPass, result: Exclude<Result, { kind: 'passed' }>): Fate {
  const place = { netns: pass.netns.name, device: deviceOf(pass) };
  switch (result.kind) {
    case 'undecided':
      return { kind: 'undecided', netns: pass.netns.name, because: result.because };
    case 'no-room': {
      const { count, max } = result;
      return { kind: 'dropped', ...place, reason: { kind: 'conntrack-full', count, max } };
    }
    case 'dropped':
      return { kind: 'dropped', ...place, reason: dropReason(pass, result) };
    default:
      return unreachable(result);
  }
}

function dropReason(pass: HookPass, { rule, verdict, with: how, passing }: Dropped): DropReason {
  const { hook, inDevice, outDevice, bridged, netns } = pass;
  const { conntrack } = passing;
  return {
    kind: 'filtered',
    hook,
    rule,
    verdict,
    with: how,
    bridged: bridged !== undefined,
    packet: passing.packet,
    ...(conntrack.tracking?.netns === netns.name && { ctState: ctStateOf(conntrack) }),
    inDevice,
    outDevice,
  };
}

function stepsOf(
  pass: HookPass,
  { packet, rules, natRule }: Passing,
  chains: number,
  unsure: readonly string[],
): readonly Step[] {
  const { hook, netns } = pass;
  const device = deviceOf(pass);
  const steps: Step[] = [];
  if (chains > 0) {
    const bridged = pass.bridged !== undefined;
    const step = { netns: netns.name, device, stage: 'netfilter', hook, bridged, rules, chains } as const;
    steps.push(unsure.length > 0 ? { ...step, unsure } : step);
  }
  if (!sameTuple(packet, pass.packet)) {
    steps.push({ netns: netns.name, device, stage: 'nat', hook, rule: natRule, before: pass.packet, after: packet });
  }
  return steps;
}

function deviceOf({ hook, inDevice, outDevice }: HookPass): DeviceName | undefined {
  return hook === 'output' || hook === 'postrouting' || hook === 'egress' ? outDevice : inDevice;
}

function unchanged({ packet, conntrack }: HookPass): HookResult {
  return { packet, conntrack, steps: [], fate: undefined, reroute: false };
}

function undecided(pass: HookPass, because: readonly string[]): HookResult {
  return { ...unchanged(pass), fate: { kind: 'undecided', netns: pass.netns.name, because } };
}
