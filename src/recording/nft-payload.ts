/**
 * Fields of the packet's headers.
 *
 * Source: nft(8), PAYLOAD EXPRESSIONS; libnftables-json(5).
 *
 * @module
 */

import type { Match, TableFamily } from '../host/ruleset.ts';
import type { Family } from '../net/address.ts';
import { ETHER_TYPE, type Field, PROTOCOL, requireFamily, requireProtocol, unmodelledField } from './nft-condition.ts';
import { asList, asObject, asString, type Json } from './nft-json.ts';
import { icmpCodeOf, icmpTypeOf, protocolNumberOf, tcpFlagOf } from './nft-names.ts';
import { addressMatch, all, numberRanges } from './nft-values.ts';

/** The field that `payload` names. */
export function payloadField(value: Json, table: TableFamily): Field | undefined {
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
    case 'arp':
      return arpField(name);
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
    case 'ttl':
    case 'hoplimit':
      return {
        requires,
        among: (values) => {
          const ranges = numberRanges(values);
          return ranges && { kind: 'ttl', negate: false, ranges };
        },
      };
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

/** No IP packet has any of it, so that in the bridge family the rule asks for the ether type without saying so. */
function arpField(name: string): Field | undefined {
  switch (name) {
    case 'operation':
      return {
        requires: [],
        among: (values) => {
          const operations = all(values, (value) =>
            typeof value === 'number' ? value : ARP_OPERATIONS[String(value)],
          );
          return operations && { kind: 'arp-operation', negate: false, operations };
        },
      };
    case 'saddr ip':
    case 'daddr ip':
      return {
        requires: [],
        among: (values) => {
          const address = addressMatch('source', 'inet', values);
          const side = name === 'saddr ip' ? 'sender' : 'target';
          return address?.kind === 'address' ? { ...address, kind: 'arp-address', side } : undefined;
        },
      };
    default:
      return undefined;
  }
}

const ARP_OPERATIONS: Readonly<Record<string, number>> = { request: 1, reply: 2 };

/** `tcp flags`. */
export const TCP_FLAGS: Field = {
  requires: requireProtocol(6),
  among: (values) => tcpFlagsAmong(values, 0xff),
  anyBit: (flags) => {
    const mask = flagBits(flags);
    return mask === undefined ? undefined : { kind: 'tcp-flags', negate: true, mask, set: 0 };
  },
};

/** The flags under the mask are one of these sets. */
export function tcpFlagsAmong(values: readonly Json[], mask: number): Match | undefined {
  const sets = all(values, (value) => flagBits(asList(value) ?? [value]));
  if (sets === undefined) return undefined;
  const [only] = sets;
  if (sets.length === 1 && only !== undefined) return { kind: 'tcp-flags', negate: false, mask, set: only };
  const alternatives = sets.map((set): readonly Match[] => [{ kind: 'tcp-flags', negate: false, mask, set }]);
  return { kind: 'any', negate: false, alternatives };
}

/** Several flags as bits. */
export function flagBits(flags: readonly Json[]): number | undefined {
  return all(flags, (flag) => tcpFlagOf(String(flag)))?.reduce((bits, flag) => bits | flag, 0);
}
