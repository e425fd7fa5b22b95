/**
 * Whether one condition of a rule holds for a packet.
 *
 * Unmodelled conditions are `unknown`. A condition on something that the packet does not have is false, negated or not,
 * where the kernel leaves the rule there: ports and flags are asked about after the protocol.
 *
 * Source: net/netfilter/nft_meta.c, nft_payload.c, nft_ct.c; xt_conntrack.c, xt_physdev.c, xt_mark.c, xt_tcpudp.c.
 * Held to the kernel, match by match, in test/live/netfilter-matches.test.ts.
 *
 * @module
 */

import type { Match, NumberRange } from '../../host/ruleset.ts';
import { type Packet, protocolNumber } from '../../journey/packet.ts';
import { addressBits, familyOf } from '../../net/address.ts';
import { contains } from '../../net/prefix.ts';
import { unreachable } from '../../net/unreachable.ts';
import { isTranslated, type Tracked } from './connection.ts';
import type { Connection } from './contract.ts';
import { answerOf } from './ends.ts';
import type { PortName, Situation } from './situation.ts';
import { allOf, anyOf, negateIf, type Tristate } from './tristate.ts';

/** Whether the condition holds. */
export function holds(match: Match, at: Situation): Tristate {
  const { packet } = at;
  switch (match.kind) {
    case 'address': {
      const address = match.side === 'source' ? packet.source : packet.destination;
      return match.prefixes.some((prefix) => contains(prefix, address)) !== match.negate;
    }
    case 'address-range': {
      const address = match.side === 'source' ? packet.source : packet.destination;
      const bits = addressBits(address);
      const isWithin = familyOf(address) === match.family && bits >= match.first && bits <= match.last;
      return isWithin !== match.negate;
    }
    case 'device':
      return isNamed(match.side === 'in' ? at.inDevice : at.outDevice, match.names) !== match.negate;
    case 'bridge-port':
      return bridgePort(match.side === 'in' ? at.inPort : at.outPort, match);
    case 'protocol':
      return match.protocols.includes(protocolNumber(packet)) !== match.negate;
    case 'family':
      return match.families.includes(at.family) !== match.negate;
    case 'port':
      return portMatches(packet, match);
    case 'icmp':
      return icmpMatches(packet, match);
    case 'ct-state':
      return at.state === 'unknown' ? 'unknown' : match.states.includes(at.state) !== match.negate;
    case 'ct-status':
      return ofConnection(
        at,
        ({ connection }) =>
          match.statuses.some((status) => isTranslated(connection, status === 'snat' ? 'source' : 'destination')) !==
          match.negate,
      );
    case 'ct-direction':
      return ofConnection(at, ({ direction }) => (direction === match.direction) !== match.negate);
    case 'mark':
      if (match.of === 'packet') return hasMark(packet.mark, match);
      return ofConnection(at, ({ connection }) => hasMark(connection.mark, match));
    case 'address-type': {
      const address = match.side === 'source' ? packet.source : packet.destination;
      const type = at.addressType(address, match.on && (match.on === 'in' ? at.inDevice : at.outDevice));
      return type === undefined ? 'unknown' : match.types.includes(type) !== match.negate;
    }
    case 'tcp-flags':
      if (packet.transport.protocol !== 'tcp') return false;
      return ((TCP_FLAGS[packet.transport.flags] & match.mask) === match.set) !== match.negate;
    case 'length':
      return isIn(match.ranges, packet.lengthBytes) !== match.negate;
    case 'route-to':
      return negateIf(match.negate, hasRouteTo(match, at));
    case 'ct-tuple':
      return ofConnection(at, ({ connection }) => tupleHolds(match, connection, at));
    case 'ttl':
      return isIn(match.ranges, packet.ttl) !== match.negate;
    case 'owner':
      return at.sender === 'nobody' ? match.unowned : 'unknown';
    case 'any':
      return negateIf(
        match.negate,
        anyOf(match.alternatives, (alternative) => allOf(alternative, (each) => holds(each, at))),
      );
    // An IP packet is none.
    case 'arp-operation':
    case 'arp-address':
    case 'never':
      return false;
    case 'budget':
    case 'chance':
    case 'unmodelled':
      return 'unknown';
    default:
      return unreachable(match);
  }
}

/** FIN 1, SYN 2, RST 4, PSH 8, ACK 16. A refusal carries RST and ACK. */
const TCP_FLAGS = { syn: 0x02, 'syn-ack': 0x12, rst: 0x14 } as const;

type NamePattern = Extract<Match, { kind: 'device' }>['names'][number];

function isNamed(device: string | undefined, patterns: readonly NamePattern[]): boolean {
  const shown = device ?? '';
  return patterns.some(({ name, wildcard }) => (wildcard ? shown.startsWith(name) : shown === name));
}

/** What was never on a port matches no name, so that a negated condition holds (xt_physdev.c). */
function bridgePort(port: PortName, { names, negate }: Extract<Match, { kind: 'bridge-port' }>): Tristate {
  if (typeof port === 'object') {
    const isAny = names.some(({ name, wildcard }) => wildcard && name === '');
    return port.unknown === 'which' && isAny ? !negate : 'unknown';
  }
  return (port !== undefined && isNamed(port, names)) !== negate;
}

/** nft's `th dport` reads the bytes of whatever protocol it meets: which they are in an ICMP packet, we do not know. */
function portMatches({ transport }: Packet, { side, ranges, negate }: Extract<Match, { kind: 'port' }>): Tristate {
  if (transport.protocol === 'icmp') return 'unknown';
  const isSource = isIn(ranges, transport.sourcePort);
  const isDestination = isIn(ranges, transport.destPort);
  const hit = side === 'source' ? isSource : side === 'destination' ? isDestination : isSource || isDestination;
  return hit !== negate;
}

/** Neighbour discovery is ICMPv6 alone: no IPv4 packet has such a type. */
const ICMP_TYPES = {
  inet: { 'echo-request': 8, 'echo-reply': 0, 'too-big': 3, 'neighbor-solicitation': -1, 'neighbor-advertisement': -1 },
  inet6: {
    ...{ 'echo-request': 128, 'echo-reply': 129, 'too-big': 2 },
    ...{ 'neighbor-solicitation': 135, 'neighbor-advertisement': 136 },
  },
} as const;
/** ICMP_FRAG_NEEDED; all other messages of ours have code 0. */
const FRAG_NEEDED_CODE = 4;

function icmpMatches(packet: Packet, match: Extract<Match, { kind: 'icmp' }>): boolean {
  const { transport } = packet;
  if (transport.protocol !== 'icmp' || familyOf(packet.destination) !== match.family) return false;
  const type = ICMP_TYPES[match.family][transport.message];
  const code = transport.message === 'too-big' && match.family === 'inet' ? FRAG_NEEDED_CODE : 0;
  return (isIn(match.types, type) && (match.codes === undefined || isIn(match.codes, code))) !== match.negate;
}

/** Whether a process of that user or group sends what the condition wants. */
export function ownedBy({ ranges, negate }: Extract<Match, { kind: 'owner' }>, id: number): boolean {
  return isIn(ranges, id) !== negate;
}

/** What came in by lo, and what a device without a name is asked for, needs no route (nft_fib_is_loopback()). */
function hasRouteTo(match: Extract<Match, { kind: 'route-to' }>, at: Situation): Tristate {
  const { packet, routeTo } = at;
  const [address, other] =
    match.side === 'source' ? [packet.source, packet.destination] : [packet.destination, packet.source];
  const isFromLoopback = at.isPrerouting && at.inDevice === 'lo';
  const found = isFromLoopback
    ? { isLocal: false, devices: [at.inDevice] }
    : routeTo === undefined
      ? 'unknown'
      : routeTo(address, other, match.usesMark ? packet.mark : 0);
  if (found === 'unknown' || found === undefined) return found ?? false;
  if (found.isLocal && !match.acceptsLocal) return false;
  const wanted = match.through === 'in' ? at.inDevice : at.outDevice;
  if (match.through !== undefined && !found.devices.some((device) => device === wanted)) return false;
  const { devices } = match;
  if (devices === undefined) return true;
  const named = found.devices.map((device) => isNamed(device, devices));
  return named.every((each) => each === named[0]) ? named[0] === true : 'unknown';
}

/** The condition on the packet that began the connection, or on the one that would answer it. */
function tupleHolds(
  { match, negate, direction }: Extract<Match, { kind: 'ct-tuple' }>,
  { original, translated }: Connection,
  at: Situation,
): Tristate {
  const packet = direction === 'original' ? original : answerOf(translated);
  return negateIf(negate, holds(match, { ...at, packet }));
}

/** Without a connection there is nothing to ask, and the rule is left (nft_ct.c, xt_conntrack.c). */
function ofConnection({ state, tracked }: Situation, test: (tracked: Tracked) => Tristate): Tristate {
  if (state === 'unknown') return 'unknown';
  return tracked === undefined ? false : test(tracked);
}

function hasMark(mark: number, { value, mask, negate }: Extract<Match, { kind: 'mark' }>): boolean {
  return ((mark & mask) >>> 0 === value) !== negate;
}

function isIn(ranges: readonly NumberRange[], value: number): boolean {
  return ranges.some(([first, last]) => value >= first && value <= last);
}
