/**
 * What a field of nft's is to our matches: conditions on its value, and what it requires before it can be asked about.
 *
 * nft leaves out of its listing what a field implies (`tcp dport` loads only in TCP packets, `ip saddr` only in IPv4
 * ones); here it is said again, as `requires`, because a negated condition does not hold for other packets either.
 *
 * Source: nft(8), PAYLOAD EXPRESSIONS.
 *
 * @module
 */

import type { Match, TableFamily } from '../host/ruleset.ts';
import type { Family } from '../net/address.ts';
import type { Json } from './nft-json.ts';
import { protocolNumberOf } from './nft-names.ts';
import { all } from './nft-values.ts';

/** A field of the packet, or of what the kernel knows of it. */
export interface Field {
  /** What must hold before the field can be asked about. */
  readonly requires: readonly Match[];
  /** Its value is among these. `undefined`: one of them cannot be read. */
  readonly among: (values: readonly Json[]) => Match | undefined;
  /** Flags only: one of these bits is set. */
  readonly anyBit?: (flags: readonly Json[]) => Match | undefined;
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

/** A field of which only what it requires is modelled: `icmp id`, `tcp window`. */
export function unmodelledField(requires: readonly Match[]): Field {
  return { requires, among: () => undefined };
}

/** IP protocol, by whichever field. */
export const PROTOCOL: Field = {
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
export const ETHER_TYPE: Field = {
  requires: [],
  among: (values) => {
    const families = all(values, (value) => FAMILIES[String(value)]);
    return families && { kind: 'family', negate: false, families: families.flat() };
  },
};
