/**
 * What an nft expression looks at, and how a condition on it is said in our matches.
 *
 * nft leaves out of its listing what a field implies (`tcp dport` loads only in TCP packets, `ip saddr` only in IPv4
 * ones); here it is said again, as `requires`, because a negated condition does not hold for other packets either.
 *
 * Source: nft(8), PAYLOAD and META EXPRESSIONS; libnftables-json(5).
 *
 * @module
 */

import type { CtState, Match, TableFamily } from '../host/ruleset.ts';
import type { Family } from '../net/address.ts';
import { asInteger, asList, asObject, asString, type Json, tagged } from './nft-json.ts';
import { icmpCodeOf, icmpTypeOf, protocolNumberOf, tcpFlagOf } from './nft-names.ts';
import { addressMatch, all, numberRanges } from './nft-values.ts';

/** A field of the packet, or of what the kernel knows of it. */
export interface Field {
  /** What must hold before the field can be asked about. */
  readonly requires: readonly Match[];
  /** Its value is among these. `undefined`: one of them cannot be read. */
  readonly among: (values: readonly Json[]) => Match | undefined;
  /** Flags only: one of these bits is set. */
  readonly anyBit?: (flags: readonly Json[]) => Match | undefined;
}

/** The field that an expression reads, in a table of that family; `undefined` when we do not model it. */
export function fieldOf(expression: Json, table: TableFamily): Field | undefined {
  const [tag, value] = tagged(expression) ?? [];
  switch (tag) {
    case 'payload':
      return payloadField(value ?? null, table);
    case 'meta':
      return metaField(asString(asObject(value)?.['key']));
    case 'ct':
      return ctField(asObject(value)?.['dir'] === undefined ? asString(asObject(value)?.['key']) : undefined);
    case 'fib':
      return fibField(value ?? null);
    case 'exthdr':
      return asObject(value)?.['field'] === undefined ? zeroField([]) : undefined;
    case '&':
      return maskedField(value ?? null, table);
    default:
      return undefined;
  }
}

/** That the packet is of the family; nothing in a table that sees no other. */
export function requireFamily(family: Family, table: TableFamily): readonly Match[] {
  if (table === 'ip' || table === 'ip6') return [];
  return [{ kind: 'family', negate: false, families: [family] }];
}

/** That the packet carries the protocol. */
export function requireProtocol(protocol: number): readonly Match[] {
  return [{ kind: 'protocol', negate: false, protocols: [protocol] }];
}

function payloadField(value: Json, table: TableFamily): Field | undefined {
  const protocol = asString(asObject(value)?.['protocol']);
  const name = asString(asObject(value)?.['field']);
  if (protocol === undefined || name === undefined) return undefined;
  switch (protocol) {
    case 'ip':
      return networkField('inet', name, requireFamily('inet', table));
    case 'ip6':
      return networkField('inet6', name, requireFamily('inet6', table));
    case 'tcp':
      return name === 'flags' ? TCP_FLAGS : portField(name, requireProtocol(6));
    case 'udp':
    case 'sctp':
    case 'dccp':
    case 'udplite':
      return portField(name, requireProtocol(protocolNumberOf(protocol) ?? 0));
    case 'th':
      return portField(name, []);
    case 'icmp':
      return icmpField('inet', name, [...requireFamily('inet', table), ...requireProtocol(1)]);
    case 'icmpv6':
      return icmpField('inet6', name, [...requireFamily('inet6', table), ...requireProtocol(58)]);
    case 'ether':
      return name === 'type' ? ETHER_TYPE : undefined;
    default:
      return undefined;
  }
}

/** The 40 bytes of the IPv6 header, which `ip6 length` leaves out and the length of the packet does not. */
const IPV6_HEADER_BYTES = 40;

function networkField(family: Family, name: string, requires: readonly Match[]): Field {
  switch (name) {
    case 'saddr':
    case 'daddr': {
      const side = name === 'saddr' ? 'source' : 'destination';
      return { requires, among: (values) => addressMatch(side, family, values) };
    }
    case 'protocol':
    case 'nexthdr':
      return { ...PROTOCOL, requires };
    case 'length': {
      const plus = family === 'inet6' ? IPV6_HEADER_BYTES : 0;
      return {
        requires,
        among: (values) => {
          const ranges = numberRanges(values)?.map(([first, last]) => [first + plus, last + plus] as const);
          return ranges && { kind: 'length', negate: false, ranges };
        },
      };
    }
    default:
      return unmodelledField(requires);
  }
}

function portField(name: string, requires: readonly Match[]): Field {
  if (name !== 'sport' && name !== 'dport') return unmodelledField(requires);
  const side = name === 'sport' ? 'source' : 'destination';
  return {
    requires,
    among: (values) => {
      const ranges = numberRanges(values);
      return ranges && { kind: 'port', side, negate: false, ranges };
    },
  };
}

function icmpField(family: Family, name: string, requires: readonly Match[]): Field {
  if (name !== 'type' && name !== 'code') return unmodelledField(requires);
  const read = name === 'type' ? icmpTypeOf : icmpCodeOf;
  return {
    requires,
    among: (values) => {
      const ranges = numberRanges(values, (value) => read(family, String(value)));
      if (ranges === undefined) return undefined;
      return name === 'type'
        ? { kind: 'icmp', family, negate: false, types: ranges, codes: undefined }
        : { kind: 'icmp', family, negate: false, types: [[0, 255]], codes: ranges };
    },
  };
}

/** A field of which only what it requires is modelled: `icmp id`, `tcp window`. */
function unmodelledField(requires: readonly Match[]): Field {
  return { requires, among: () => undefined };
}

const PROTOCOL: Field = {
  requires: [],
  among: (values) => {
    const protocols = all(values, (value) => protocolNumberOf(String(value)));
    return protocols && { kind: 'protocol', negate: false, protocols };
  },
};

const FAMILIES: Readonly<Record<string, readonly Family[]>> = {
  ip: ['inet'],
  ip6: ['inet6'],
  ipv4: ['inet'],
  ipv6: ['inet6'],
  arp: [],
};

/** EtherType or netfilter family; ARP is no packet of ours, so that a rule on it never holds. */
const ETHER_TYPE: Field = {
  requires: [],
  among: (values) => {
    const families = all(values, (value) => FAMILIES[String(value)]);
    return families && { kind: 'family', negate: false, families: families.flat() };
  },
};

const TCP_FLAGS: Field = {
  requires: requireProtocol(6),
  among: (values) => tcpFlagsAmong(values, 0xff),
  anyBit: (flags) => {
    const mask = flagBits(flags);
    return mask === undefined ? undefined : { kind: 'tcp-flags', negate: true, mask, set: 0 };
  },
};

function tcpFlagsAmong(values: readonly Json[], mask: number): Match | undefined {
  const sets = all(values, (value) => flagBits(asList(value) ?? [value]));
  if (sets === undefined) return undefined;
  const [only] = sets;
  if (sets.length === 1 && only !== undefined) return { kind: 'tcp-flags', negate: false, mask, set: only };
  const alternatives = sets.map((set): readonly Match[] => [{ kind: 'tcp-flags', negate: false, mask, set }]);
  return { kind: 'any', negate: false, alternatives };
}

function flagBits(flags: readonly Json[]): number | undefined {
  return all(flags, (flag) => tcpFlagOf(String(flag)))?.reduce((bits, flag) => bits | flag, 0);
}

function metaField(key: string | undefined): Field | undefined {
  switch (key) {
    case 'iif':
    case 'iifname':
      return deviceField('in');
    case 'oif':
    case 'oifname':
      return deviceField('out');
    case 'mark':
      return markField('packet', FULL_MARK);
    case 'l4proto':
      return PROTOCOL;
    case 'nfproto':
    case 'protocol':
      return ETHER_TYPE;
    case 'length':
      return {
        requires: [],
        among: (values) => {
          const ranges = numberRanges(values);
          return ranges && { kind: 'length', negate: false, ranges };
        },
      };
    case 'pkttype':
      return PACKET_TYPE;
    default:
      return undefined;
  }
}

/** A number stands for a device that is gone: nft prints the name of `iif` where there is one. */
function deviceField(side: 'in' | 'out'): Field {
  return {
    requires: [],
    among: (values) => {
      const names = all(values, (value) => {
        const text = asString(value);
        if (text === undefined) return undefined;
        if (text.endsWith('\\*')) return { name: `${text.slice(0, -2)}*`, wildcard: false };
        return text.endsWith('*') ? { name: text.slice(0, -1), wildcard: true } : { name: text, wildcard: false };
      });
      return names && { kind: 'device', side, negate: false, names };
    },
  };
}

/** How the frame was addressed. What we walk goes to one host, unless its address says otherwise. */
const PACKET_TYPE: Field = {
  requires: [],
  among: (values) => {
    const types = all(values, (value) => (value === 'broadcast' || value === 'multicast' ? value : undefined));
    return types && { kind: 'address-type', side: 'destination', negate: false, types };
  },
};

const FULL_MARK = 0xffffffff;

function markField(of: 'packet' | 'connection', mask: number): Field {
  return {
    requires: [],
    among: (values) => {
      const marks = all(values, (value): Match | undefined => {
        const mark = typeof value === 'number' ? value : undefined;
        return mark === undefined ? undefined : { kind: 'mark', of, negate: false, value: mark, mask };
      });
      if (marks === undefined || marks.length === 1) return marks?.[0];
      return { kind: 'any', negate: false, alternatives: marks.map((mark) => [mark]) };
    },
  };
}

/** Bits of `ip frag-off` that a whole packet has all zero: more-fragments and the offset, without don't-fragment. */
const FRAGMENT_BITS = 0x3fff;

/** What we walk is whole when it meets a rule, and IPv6 packets of ours have no headers between. */
function zeroField(requires: readonly Match[]): Field {
  return {
    requires,
    among: (values) => {
      const has = values.some((value) => value === 0 || value === false);
      return has ? { kind: 'any', negate: false, alternatives: [[]] } : { kind: 'never' };
    },
  };
}

/** `meta mark & 0xff`, `tcp flags & (fin | syn)`, `ip frag-off & 0x1fff`. */
function maskedField(value: Json, table: TableFamily): Field | undefined {
  const [left, mask] = asList(value) ?? [];
  if (left === undefined || mask === undefined) return undefined;
  const [tag, inner] = tagged(left) ?? [];
  const key = asObject(inner)?.['key'];
  const bits = asInteger(mask);
  if (tag === 'meta' && key === 'mark' && bits !== undefined) return markField('packet', bits);
  if (tag === 'ct' && key === 'mark' && bits !== undefined) return markField('connection', bits);
  const field = fieldOf(left, table);
  const isFragmentField = tag === 'payload' && asObject(inner)?.['field'] === 'frag-off';
  if (field !== undefined && isFragmentField && bits !== undefined && (bits & ~FRAGMENT_BITS) === 0) {
    return zeroField(field.requires);
  }
  if (field !== TCP_FLAGS) return field && unmodelledField(field.requires);
  const flags = flagBits(asList(mask) ?? [mask]);
  if (flags === undefined) return unmodelledField(field.requires);
  return { requires: field.requires, among: (values) => tcpFlagsAmong(values, flags) };
}

const CT_STATES: readonly string[] = ['new', 'established', 'related', 'invalid', 'untracked'] satisfies CtState[];

function ctField(key: string | undefined): Field | undefined {
  switch (key) {
    case 'state':
      return { requires: [], among: ctStates, anyBit: ctStates };
    case 'status':
      return { requires: [], among: () => undefined, anyBit: ctStatuses };
    case 'direction':
      return { requires: [], among: ctDirection };
    case 'mark':
      return markField('connection', FULL_MARK);
    default:
      return undefined;
  }
}

/** A packet has one state, so that a set of states and a mask of states say the same. */
function ctStates(values: readonly Json[]): Match | undefined {
  const states = all(values, (value) => CT_STATES.find((state) => state === value) as CtState | undefined);
  return states && { kind: 'ct-state', negate: false, states };
}

function ctStatuses(values: readonly Json[]): Match | undefined {
  const statuses = all(values, (value) => (value === 'snat' || value === 'dnat' ? value : undefined));
  return statuses && { kind: 'ct-status', negate: false, statuses };
}

function ctDirection(values: readonly Json[]): Match | undefined {
  const [direction] = values;
  if (values.length !== 1 || (direction !== 'original' && direction !== 'reply')) return undefined;
  return { kind: 'ct-direction', negate: false, direction };
}

/** `fib daddr type`; lookups that name a device or ask for one are not modelled. */
function fibField(value: Json): Field | undefined {
  const fib = asObject(value);
  const [flag, ...others] = asList(fib?.['flags']) ?? [];
  if (fib?.['result'] !== 'type' || others.length > 0 || (flag !== 'saddr' && flag !== 'daddr')) return undefined;
  const side = flag === 'saddr' ? 'source' : 'destination';
  return {
    requires: [],
    among: (values) => {
      const types = all(values, asString);
      return types && { kind: 'address-type', side, negate: false, types };
    },
  };
}
