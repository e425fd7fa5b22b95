/**
 * Rules and conditions in words, for messages.
 *
 * @module
 */

import type { Match, NumberRange, RuleRef } from '../../host/ruleset.ts';
import { addressFromBits } from '../../net/address.ts';
import { formatRoutePrefix } from '../../net/prefix.ts';
import { unreachable } from '../../net/unreachable.ts';

/** What the rule asks for: "source 10.0.0.0/8", "out device not eth0". */
export function describeMatch(match: Match): string {
  switch (match.kind) {
    case 'address':
      return said(match.side, match.negate, match.prefixes.map(formatRoutePrefix));
    case 'address-range': {
      const ends = [match.first, match.last].map((bits) => addressFromBits(match.family, bits));
      return said(match.side, match.negate, [ends.join('-')]);
    }
    case 'device':
      return said(`${match.side} device`, match.negate, match.names.map(pattern));
    case 'bridge-port':
      return said(`${match.side} bridge port`, match.negate, match.names.map(pattern));
    case 'protocol':
      return said('protocol', match.negate, match.protocols.map(protocolName));
    case 'family':
      return said(
        'family',
        match.negate,
        match.families.map((family) => (family === 'inet' ? 'IPv4' : 'IPv6')),
      );
    case 'port':
      return said(match.side === 'either' ? 'port' : `${match.side} port`, match.negate, match.ranges.map(range));
    case 'icmp': {
      const codes = match.codes === undefined ? '' : ` code ${match.codes.map(range).join(', ')}`;
      return `${said(match.family === 'inet' ? 'ICMP type' : 'ICMPv6 type', match.negate, match.types.map(range))}${codes}`;
    }
    case 'ct-state':
      return said('ct state', match.negate, match.states);
    case 'ct-status':
      return said('ct status', match.negate, match.statuses);
    case 'ct-direction':
      return said('ct direction', match.negate, [match.direction]);
    case 'mark':
      return said(match.of === 'packet' ? 'mark' : 'connection mark', match.negate, [markText(match)]);
    case 'address-type':
      return said(
        `${match.side} address type${match.on ? ` on the ${match.on} device` : ''}`,
        match.negate,
        match.types,
      );
    case 'route-to':
      return routeToText(match);
    case 'ct-tuple':
      return `${match.negate ? 'not ' : ''}${match.direction} ${describeMatch(match.match)}`;
    case 'arp-operation':
      return said('ARP operation', match.negate, match.operations.map(String));
    case 'arp-address':
      return said(`ARP ${match.side}`, match.negate, match.prefixes.map(formatRoutePrefix));
    case 'ttl':
      return said('TTL', match.negate, match.ranges.map(range));
    case 'owner':
      return said(match.of, match.negate, match.ranges.map(range));
    case 'tcp-flags':
      return said('TCP flags', match.negate, [`${hex(match.set)}/${hex(match.mask)}`]);
    case 'length':
      return said('packet length', match.negate, match.ranges.map(range));
    case 'any': {
      const alternatives = match.alternatives.map((each) => each.map(describeMatch).join(' and '));
      return said('', match.negate, alternatives, ' or ').trim();
    }
    case 'never':
      return 'nothing at all (an empty set)';
    case 'budget':
    case 'chance':
    case 'unmodelled':
      return match.text;
    default:
      return unreachable(match);
  }
}

function routeToText({ side, negate, through, devices }: Extract<Match, { kind: 'route-to' }>): string {
  const by = through === undefined ? '' : ` by the ${through} device`;
  const named = devices === undefined ? '' : ` by ${devices.map(pattern).join(', ')}`;
  return `${negate ? 'no ' : ''}route to the ${side}${by}${named}`;
}

/** Where the rule stands: "rule 3 of iptables-nft ip filter FORWARD", "rule handle 7 of nft inet fw input". */
export function describeRule({ machinery, family, table, chain, handle, position }: RuleRef): string {
  const place = `${machinery} ${family} ${table} ${chain}`;
  if (position === 0) return `the policy of ${place}`;
  return machinery === 'nft' && handle !== undefined
    ? `rule handle ${handle} of ${place}`
    : `rule ${position} of ${place}`;
}

function said(what: string, negate: boolean, values: readonly string[], separator = ', '): string {
  return `${what}${negate ? ' not' : ''} ${values.join(separator)}`;
}

function pattern({ name, wildcard }: { readonly name: string; readonly wildcard: boolean }): string {
  return wildcard ? `${name}*` : name;
}

const PROTOCOL_NAMES: Readonly<Record<number, string>> = { 1: 'icmp', 6: 'tcp', 17: 'udp', 58: 'icmpv6', 132: 'sctp' };

function protocolName(protocol: number): string {
  return PROTOCOL_NAMES[protocol] ?? String(protocol);
}

function range([first, last]: NumberRange): string {
  return first === last ? String(first) : `${first}-${last}`;
}

function markText({ value, mask }: { readonly value: number; readonly mask: number }): string {
  return mask === 0xffffffff ? hex(value) : `${hex(value)}/${hex(mask)}`;
}

function hex(value: number): string {
  return `0x${value.toString(16)}`;
}
