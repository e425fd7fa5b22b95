/**
 * Sets of ipset, as `ipset save` prints them, and what `-m set --match-set NAME src,dst` asks of a packet.
 *
 * A set of which we do not know every kind of entry is not modelled as a whole, and neither is one that rules themselves
 * fill (`-j SET`), nor a set of MACs.
 *
 * Source: ipset(8); net/netfilter/ipset/ip_set_core.c ip_set_test(), ip_set_hash_gen.h, ip_set_getport.c; xt_set.c; seen
 * with ipset 7.17.
 *
 * @module
 */

import type { Match } from '../host/ruleset.ts';
import { FAMILY_BITS, type Family } from '../net/address.ts';
import { contains, type Prefix, parsePrefix } from '../net/prefix.ts';
import type { IptablesModule } from './iptables-options.ts';
import { icmpTypeOf, protocolNumberOf } from './nft-names.ts';

/** One set: what its entries are made of, and they. */
interface IpSet {
  /** `hash:ip,port` is made of `ip` and `port`. */
  readonly dimensions: readonly string[];
  readonly family: Family;
  readonly entries: readonly IpSetEntry[];
}

/** `nomatch` makes an entry an exception. */
interface IpSetEntry {
  readonly parts: readonly string[];
  readonly isException: boolean;
}

/** Sets by their names. */
export type IpSets = ReadonlyMap<string, IpSet>;

/** Read `ipset save`. */
export function parseIpsetSave(text: string): IpSets {
  const sets = new Map<string, IpSet & { readonly entries: IpSetEntry[] }>();
  for (const line of text.split('\n')) {
    const [verb, name = '', what = '', ...options] = line.split(' ');
    if (verb === 'create') {
      const [, dimensions = ''] = what.split(':');
      const family = options[options.indexOf('family') + 1] === 'inet6' ? 'inet6' : 'inet';
      sets.set(name, { dimensions: dimensions.split(','), family, entries: [] });
    } else if (verb === 'add') {
      sets.get(name)?.entries.push({ parts: what.split(','), isException: options.includes('nomatch') });
    }
  }
  return sets;
}

/** What the module asks for; `undefined` when it is not modelled. */
export function setMatches({ options }: IptablesModule, family: Family, sets: IpSets): readonly Match[] | undefined {
  const [option] = options;
  if (option?.name !== '--match-set' || options.length !== 1) return undefined;
  const [name = '', directions = ''] = option.args;
  const member = membership(name, directions.split(','), family, sets);
  if (member === undefined) return undefined;
  const [only] = member;
  // Most sets hold addresses alone: one condition instead of thousands of alternatives.
  if (only?.length === 1 && member.length === 1 && only[0]?.kind === 'address')
    return [{ ...only[0], negate: option.negate }];
  if (member.length === 0) return option.negate ? [] : [{ kind: 'never' }];
  return [{ kind: 'any', negate: option.negate, alternatives: member }];
}

type Alternatives = readonly (readonly Match[])[];

function membership(
  name: string,
  directions: readonly string[],
  family: Family,
  sets: IpSets,
): Alternatives | undefined {
  const set = sets.get(name);
  if (set === undefined) return undefined;
  const { dimensions, entries } = set;
  if (dimensions[0] === 'set') {
    const members = entries.map(({ parts: [each = ''] }) => membership(each, directions, family, sets));
    return allKnown(members)?.flat();
  }
  const holdsAddresses = dimensions.some((each) => each === 'ip' || each === 'net');
  if (directions.length < dimensions.length || (holdsAddresses && set.family !== family)) return [];
  const sides = directions.map((word) => (word === 'src' ? 'source' : 'destination'));
  const [side = 'source'] = sides;
  if (dimensions.length === 1 && holdsAddresses) return networks(set, side);
  if (entries.some(({ isException }) => isException)) return undefined;
  return allKnown(
    entries.map(({ parts }) => {
      const matches = dimensions.map((dimension, at) =>
        partMatches(dimension, parts[at] ?? '', sides[at] ?? side, family),
      );
      return allKnown(matches)?.flat();
    }),
  );
}

/** Of networks within each other the longest decides, be it one that is excepted. */
function networks({ entries }: IpSet, side: 'source' | 'destination'): Alternatives | undefined {
  const read = allKnown(
    entries.map(({ parts: [text = ''], isException }) => {
      const prefix = parsePrefix(text);
      return prefix && { prefix, isException };
    }),
  );
  if (read === undefined) return undefined;
  const exceptions = read.filter(({ isException }) => isException).map(({ prefix }) => prefix);
  const positive = read.filter(({ isException }) => !isException).map(({ prefix }) => prefix);
  const isPierced = (prefix: Prefix) => exceptions.some((each) => isWithin(each, prefix));
  const whole = positive.filter((prefix) => !isPierced(prefix));
  const pierced = positive.filter(isPierced).map((prefix): readonly Match[] => [
    { kind: 'address', side, negate: false, prefixes: [prefix] },
    { kind: 'address', side, negate: true, prefixes: exceptions.filter((each) => isWithin(each, prefix)) },
  ]);
  return whole.length === 0 ? pierced : [[{ kind: 'address', side, negate: false, prefixes: whole }], ...pierced];
}

function isWithin(inner: Prefix, outer: Prefix): boolean {
  return inner.length > outer.length && contains(outer, inner.address);
}

/** One part of an entry: `10.0.0.0/8`, `tcp:80-90`, `icmp:echo-request`, `physdev:eth0`. */
function partMatches(
  dimension: string,
  text: string,
  side: 'source' | 'destination',
  family: Family,
): readonly Match[] | undefined {
  switch (dimension) {
    case 'ip':
    case 'net': {
      const prefix = parsePrefix(text);
      if (prefix === undefined || prefix.length > FAMILY_BITS[family]) return undefined;
      return [{ kind: 'address', side, negate: false, prefixes: [prefix] }];
    }
    case 'port':
      return portMatches(text, side, family);
    case 'iface': {
      const [, port, name = ''] = /^(physdev:)?(.*)$/.exec(text) ?? [];
      const names = [{ name, wildcard: false }];
      const kind = port === undefined ? 'device' : 'bridge-port';
      return [{ kind, side: side === 'source' ? 'in' : 'out', negate: false, names }];
    }
    default:
      return undefined;
  }
}

const TCP_AND_UDP = [6, 17];

function portMatches(text: string, side: 'source' | 'destination', family: Family): readonly Match[] | undefined {
  const [, protocolName, value = ''] = /^(?:([a-z0-9-]+):)?(.*)$/.exec(text) ?? [];
  const number = protocolName === undefined ? undefined : protocolNumberOf(protocolName);
  if (protocolName !== undefined && number === undefined) return undefined;
  const protocol: Match = {
    kind: 'protocol',
    negate: false,
    protocols: number === undefined ? TCP_AND_UDP : [number],
  };
  if (number === 1 || number === 58) {
    const [typeText = '', codeText = '0'] = value.split('/');
    const type = icmpTypeOf(family, typeText);
    const code = Number(codeText);
    if (type === undefined || !Number.isInteger(code)) return undefined;
    return [protocol, { kind: 'icmp', family, negate: false, types: [[type, type]], codes: [[code, code]] }];
  }
  const [, first, last] = /^(\d+)(?:-(\d+))?$/.exec(value) ?? [];
  if (first === undefined) return undefined;
  return [protocol, { kind: 'port', side, negate: false, ranges: [[Number(first), Number(last ?? first)]] }];
}

function allKnown<T>(values: readonly (T | undefined)[]): readonly T[] | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === values.length ? known : undefined;
}
