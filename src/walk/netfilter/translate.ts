/**
 * Translation: what a nat rule makes of the first packet of a connection.
 *
 * Not predicted: a source port that the kernel draws at random (`--random`, a range of ports, a port that is taken).
 * The packet then keeps its own, or has the first of the range; it comes back to it all the same.
 *
 * Source: net/netfilter/nf_nat_core.c get_unique_tuple(), nf_nat_masquerade.c, nf_nat_redirect.c. Seen in
 * test/live/netfilter-nat.test.ts.
 *
 * @module
 */

import { linksOf } from '../../host/host.ts';
import type { NatTarget, NumberRange, RuleRef, Statement } from '../../host/ruleset.ts';
import { type Packet, packetFamily } from '../../journey/packet.ts';
import {
  type Address,
  addressBits,
  addressFromBits,
  FAMILY_BITS,
  isLinkLocal,
  parseAddress,
} from '../../net/address.ts';
import type { Prefix } from '../../net/prefix.ts';
import { type Side, settle, trackedConnection } from './connection.ts';
import type { HookPass } from './contract.ts';
import { describeRule } from './describe.ts';
import { destinationEnd, type End, sourceEnd } from './ends.ts';
import { type Passage, type Passing, passed, type Result, undecidable } from './traversal.ts';

export type NatStatement = Extract<Statement, { kind: 'masquerade' | 'snat' | 'dnat' | 'redirect' | 'netmap' }>;

/** The end that is rewritten where the hook stands. */
export function natSide(hook: HookPass['hook']): Side {
  return hook === 'prerouting' || hook === 'output' ? 'destination' : 'source';
}

/** Bind the new connection to what the rule says. The packet itself is rewritten after the last nat chain. */
export function bindNat(passage: Passage, statement: NatStatement, rule: RuleRef, passing: Passing): Result {
  const { pass, choose } = passage;
  const side = sideOf(statement, pass.hook);
  if (side !== natSide(pass.hook)) return undecidable(passing, `${describeRule(rule)} translates at ${pass.hook}`);
  if (trackedConnection(passing.conntrack) === undefined) return passed(passing);
  const address = newAddress(pass, statement, passing.packet, (last) =>
    choose(`which address the kernel takes of those up to ${last} (${describeRule(rule)})`, 2),
  );
  if (address === 'unknown') {
    return undecidable(passing, `the address that ${describeRule(rule)} translates to could not be read`);
  }
  // "ate my IP address": without an address to put there, the packet is dropped.
  if (address === undefined) return { kind: 'dropped', rule, verdict: 'drop', with: undefined, passing };
  const before = side === 'source' ? sourceEnd(passing.packet) : destinationEnd(passing.packet);
  const end: End = { address, port: newPort(before.port, portsOf(statement)) };
  return passed({ ...passing, natRule: rule, conntrack: settle(passing.conntrack, side, end) });
}

function sideOf({ kind }: NatStatement, hook: HookPass['hook']): Side {
  if (kind === 'netmap') return natSide(hook);
  return kind === 'dnat' || kind === 'redirect' ? 'destination' : 'source';
}

/** Takes 0 for the first address of a range and 1 for the last. */
type PickAddress = (last: string) => number;

function newAddress(
  pass: HookPass,
  statement: NatStatement,
  packet: Packet,
  pick: PickAddress,
): Address | undefined | 'unknown' {
  switch (statement.kind) {
    case 'masquerade':
      return pass.outDevice === undefined ? 'unknown' : pass.masqueradeAddress(pass.outDevice, packet.destination);
    case 'redirect':
      return redirectAddress(pass, packet);
    case 'netmap':
      return mappedAddress(statement.to, natSide(pass.hook) === 'source' ? packet.source : packet.destination);
    case 'snat':
      return targetAddress(statement.to, packet.source, pick);
    case 'dnat':
      return targetAddress(statement.to, packet.destination, pick);
  }
}

function targetAddress({ addresses }: NatTarget, old: Address, pick: PickAddress): Address | 'unknown' {
  if (addresses === undefined) return old;
  const { first, last } = addresses;
  const chosen = first === last || pick(last) === 0 ? first : last;
  return parseAddress(chosen) ?? 'unknown';
}

/** The prefix's network with the host part of the old address (nf_nat_range.h, NETMAP's `netmask`). */
function mappedAddress({ address, length, family }: Prefix, old: Address): Address {
  const hostMask = (1n << BigInt(FAMILY_BITS[family] - length)) - 1n;
  return addressFromBits(family, addressBits(address) | (addressBits(old) & hostMask));
}

/** What comes in is sent to the first address of its device, what goes out to the loopback address. */
function redirectAddress({ hook, netns, inDevice }: HookPass, packet: Packet): Address | undefined | 'unknown' {
  const family = packetFamily(packet);
  if (hook === 'output') return parseAddress(family === 'inet' ? '127.0.0.1' : '::1');
  if (!netns.links.known) return 'unknown';
  const link = linksOf(netns).find(({ name }) => name === inDevice);
  const usable = (link?.addresses ?? []).filter((each) => each.family === family);
  if (family === 'inet') return usable[0]?.address;
  const wanted = isLinkLocal(packet.destination);
  return usable.find(({ address, flags }) => isLinkLocal(address) === wanted && !flags.includes('tentative'))?.address;
}

function portsOf(statement: NatStatement): NumberRange | undefined {
  if (statement.kind === 'netmap') return undefined;
  return statement.kind === 'masquerade' || statement.kind === 'redirect' ? statement.ports : statement.to.ports;
}

/** A port that is already in the range stays. */
function newPort(old: number | undefined, ports: NumberRange | undefined): number | undefined {
  if (ports === undefined || old === undefined) return old;
  const [first, last] = ports;
  return old >= first && old <= last ? old : first;
}
